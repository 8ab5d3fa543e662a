/** Pages that tests make themselves, many and alike: answers of setlist.fm, in its own form. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SETS_A_PAGE = 10;
const SONGS_A_SET = 15;

/** Writes `pages` files with ten sets each into `folder`: the same ones every time. */
export async function writeSetlistPages(folder: string, pages: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let page = 0; page < pages; page += 1) {
    const setlist = Array.from({ length: SETS_A_PAGE }, (_, index) => setlistNumber(page * SETS_A_PAGE + index));
    const body = { type: 'setlists', itemsPerPage: SETS_A_PAGE, page: page + 1, total: pages * SETS_A_PAGE, setlist };
    await writeFile(join(folder, `page-${String(page).padStart(3, '0')}.json`), JSON.stringify(body));
  }
}

function setlistNumber(number: number) {
  const two = (value: number) => String(1 + value).padStart(2, '0');
  const place = { id: `c${number % 5}`, name: `City ${number % 5}`, country: { code: 'DE', name: 'Germany' } };
  return {
    id: `5e${number.toString(16).padStart(6, '0')}`,
    versionId: `a${number}`,
    eventDate: `${two(number % 28)}-${two(number % 12)}-${2015 + (number % 9)}`,
    lastUpdated: '2024-01-01T00:00:00.000+0000',
    artist: { mbid: null, name: `Artist ${number % 17}`, sortName: `Artist ${number % 17}` },
    venue: { id: `v${number % 13}`, name: `Venue ${number % 13}`, city: place },
    sets: {
      set: [{ song: Array.from({ length: SONGS_A_SET }, (_, n) => ({ name: `Song ${(number * 7 + n * 3) % 211}` })) }],
    },
    url: `https://www.setlist.fm/setlist/artist/2020/venue-${number}.html`,
  };
}
