/** Posts that ask for a track: "What's the title of this song? Starts at 49:11." */
import { clockToSeconds } from '../../src/core/cue.ts';
import { queryOf } from './spider.ts';

const ASKS =
  /\btrack\s?id\b|\bid\s*@\s*\d|\bid(?:entify)? (?:this|that) (?:track|song|tune)\b|\bname (?:of )?(?:this|that) (?:track|song|tune)\b|\bwhat(?:['’]?s| is| was)?\b.*\b(?:song|track|tune)\b.*\?/i;
/** Reddit allows 300 characters. */
export const LONGEST_TITLE = 400;
const CLOCK = /\b\d{1,3}:[0-5]\d(?::[0-5]\d)?\b/;

export interface TrackRequest {
  isTrackIdRequest: boolean;
  /** Where in the linked recording the track starts, seconds. */
  requestCueSeconds: number | null;
}

/** The time in the words outranks the time in the address: people paste addresses a little late. */
export function trackRequest(title: string | null, url: string | null): TrackRequest {
  if (title === null || title.length > LONGEST_TITLE || !ASKS.test(title))
    return { isTrackIdRequest: false, requestCueSeconds: null };
  const spoken = CLOCK.exec(title)?.[0];
  const linked = /^(\d+)s?$/.exec(queryOf(url).get('t') ?? '')?.[1];
  const cue = spoken === undefined ? Number(linked ?? Number.NaN) : clockToSeconds(spoken);
  return { isTrackIdRequest: true, requestCueSeconds: cue === null || Number.isNaN(cue) ? null : cue };
}
