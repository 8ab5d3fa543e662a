/** The recording of a set, where its page only embeds it. */
import { firstValue, type ParentNode, select } from './dom.ts';
import type { Video } from './structured.ts';

const YOUTUBE_ID = /^[\w-]{11}$/;

/** Addresses of players, also of those that a script puts in the place of a picture; last the pictures themselves, which name the video too. */
export function playersOf(tree: ParentNode, video: Video): string[] {
  const players = select(tree, 'iframe[src], iframe[data-src], video[src], source[src]');
  const later = select(tree, '[videoid], [data-video-id], [data-videoid], [data-youtube-id]');
  const ids = later.map(
    ({ attribs }) =>
      attribs.videoid ?? attribs['data-video-id'] ?? attribs['data-videoid'] ?? attribs['data-youtube-id'],
  );
  const found = [
    ...players.flatMap(({ attribs }) => attribs.src ?? attribs['data-src'] ?? []),
    ...ids.flatMap((id) => (id !== undefined && YOUTUBE_ID.test(id) ? [`https://youtu.be/${id}`] : [])),
  ];
  return video.recordings.length + found.length > 0 ? found : picturesOf(tree);
}

function picturesOf(tree: ParentNode): string[] {
  const picture = firstValue(tree, [
    ['meta[property="og:image"]', 'content'],
    ['[itemprop="thumbnailUrl"]', 'href'],
    ['[itemprop="thumbnailUrl"]', 'content'],
  ]);
  return picture === null ? [] : [picture];
}
