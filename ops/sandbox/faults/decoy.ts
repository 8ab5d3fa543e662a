/** What 1001tracklists serves to accounts it takes for scrapers: the page with other names where people look, the true ones in the microdata. */

const FALSE_WORDS = [
  'Brimstone',
  'Lagoon',
  'Tectonic',
  'Parade',
  'Ember',
  'Quartz',
  'Vellum',
  'Harrow',
  'Zephyr',
  'Onyx',
];
/** Text between two tags of a visible name. */
const TEXT = />([^<>]*[A-Za-z][^<>]*)</g;
/** Entities are no words. */
const WORD = /&[a-z]+;|[A-Za-z]{2,}/g;
const VISIBLE_NAME = /<span class="trackValue[^"]*"[^>]*>.*?<\/span> (?=<|\()/gs;

/** The page with false names; null for a page that shows no tracks. */
export function decoy(body: string): string | null {
  let word = body.length;
  const falseWord = (): string => FALSE_WORDS[word++ % FALSE_WORDS.length] ?? '';
  const changed = body.replace(/<div id="tlp\d+_content".*?(?=<div class="flex mt5">)/gs, (row) =>
    row.replace(VISIBLE_NAME, (name) =>
      name.replace(
        TEXT,
        (_, text: string) => `>${text.replace(WORD, (word) => (word.startsWith('&') ? word : falseWord()))}<`,
      ),
    ),
  );
  return changed === body ? null : changed;
}
