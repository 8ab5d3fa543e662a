/** One row of a 1001tracklists set page, in the site's markup of 2026. */
import type { MashupPart } from '../../../src/core/items.ts';
import type { ShownRow } from '../shown-row.ts';
import { credits, labelSpan, mediaRow, microdata, type TrackPage, trackPath, value } from './1001tracklists-track.ts';
import { clock, escapeHtml } from './site.ts';

export interface RowMarkup {
  readonly shown: ShownRow;
  /** Counts every row, parts of mashups too. */
  readonly trackNumber: number;
  /** Number of the position, as printed on rows that are not "w/". */
  readonly printedNumber: number;
  readonly rowId: number;
  /** Pages of the recordings in the row, in its order. */
  readonly pages: readonly TrackPage[];
  /** Page of the mashup itself. */
  readonly mashupId: string;
}

/** The row and, below a mashup, a row for each of its parts. */
export function rowHtml(row: RowMarkup): string {
  const parts = row.shown.parts.map((part, index) => partHtml(row, part, index));
  return [mainHtml(row), ...parts].join(' ');
}

function mainHtml(row: RowMarkup): string {
  const { shown, trackNumber, rowId, printedNumber } = row;
  const classes = ['tlpTog', 'bItm', 'tlpItem', `trRow${printedNumber}`];
  if (shown.withPrevious) classes.push('con');
  if (shown.parts.length > 0) classes.push('subPosTog');
  const page = shown.parts.length > 0 ? null : (row.pages[0] ?? null);
  const trackId = page?.trackId ?? (shown.parts.length > 0 ? row.mashupId : null);
  const attributes = [
    `id="tlp_${rowId}" class="${classes.join(' ')}" data-trno="${trackNumber}" data-id="${rowId}"`,
    shown.isId ? '' : ' data-isided="true"',
    shown.parts.length > 0 ? ` data-mashup="${shown.parts.length}"` : '',
    shown.idKind === 'full' ? ' data-isid="true"' : '',
    trackId === null ? '' : ` data-trackid="${trackId}"`,
  ].join('');
  return `<div ${attributes} onclick="rowToggle('tlp', event);"> ${artwork(page)} ${playColumn(row)} <div class="bCont tl"> ${content(row, page, trackId)} ${credits(page)} <div class="flex mt5"></div> </div> ${mediaRow(page)} <div class="fa fa-bars action mBtn interaction" aria-haspopup="true" onclick="new EditMenu(event, { id: ${rowId}, pos: ${trackNumber} });"></div> </div>`;
}

function partHtml(row: RowMarkup, part: MashupPart, index: number): string {
  const number = row.trackNumber + 1 + index;
  const page = row.pages[index] ?? null;
  return `<div id="tlp_${number}" class="tlpSubTog bItm tlpItem trRow${row.printedNumber} con tgHid subPos${row.printedNumber}" data-trno="${number}" data-id="${number}" data-mashpos="true" onclick="rowToggle('tlpSub', event);"> ${artwork(page)} <div class="bPlay"> <input id="tlp${number}_cue_seconds" type="hidden" value="${row.shown.cueSeconds ?? 0}" form=frmEditTracklist> </div> <div class="bCont tl"> <div id="tlp${number}_content" class="fontL" itemprop="tracks" itemscope itemtype="http://schema.org/MusicRecording"> ${microdata(part, page, trackPath(part, page?.trackId ?? null))} <i class="fa fa-link fa-lg lgrayTxt" title="mashup linked position"></i> ${value(part, page, page?.trackId ?? null, 'mashupTrack')} ${labelSpan(page)} </div> <div class="flex mt5"></div> </div> ${mediaRow(page)} </div>`;
}

function artwork(page: TrackPage | null): string {
  return page === null
    ? '<img src="https://cdn.1001tracklists.com/images/artworks/default_100.png" alt="artwork placeholder" class="artM">'
    : `<img data-src="https://geo-media.beatport.com/image_size/300x300/${page.trackId}.jpg" src="/images/static/empty.png" class="artwork artM" width="100" height="100" alt="${escapeHtml(page.track.title)} Artwork">`;
}

function playColumn({ shown, trackNumber, rowId, printedNumber }: RowMarkup): string {
  const seconds = shown.cueSeconds ?? 0;
  const [printed, title] = shown.withPrevious
    ? ['w/', ' title="played together with previous track"']
    : [String(printedNumber).padStart(2, '0'), ''];
  const visible = seconds === 0 ? '' : clock(seconds).padStart(5, '0');
  return `<div class="bPlay"> <input id="tlp${rowId}_cue_seconds" type="hidden" value="${seconds}" form=frmEditTracklist> <span id="tlp${trackNumber}_tracknumber_value" class="fontXL"${title} > ${printed} </span> <i class="fa fa-play-circle fa-28 blueTxt aIcon" id="tlp_play_${rowId}" title="play position" onclick="playPosition(this, { idPos: '${rowId}', pos: ${printedNumber}, cue: '${seconds}', idPlayer: '', idPlayerSource: '' } );"></i> <div id="cue_${rowId}" class="cue noWrap action mt5" data-mode="hours" onclick="toggleCue(event);">${visible}</div> </div>`;
}

function content({ shown, trackNumber }: RowMarkup, page: TrackPage | null, trackId: string | null): string {
  const id = `tlp${trackNumber}_content`;
  if (shown.idKind === 'full') {
    return `<div id="${id}" class="fontL"> <span class="trackValue notranslate redTxt"> <span class="notranslate redTxt" translate="no">ID</span><span class="notranslate redTxt" translate="no"> - </span><span class="redTxt"><span translate="no" class="notranslate">ID</span></span> </span> </div>`;
  }
  const mashup = shown.parts.length > 0;
  const status =
    shown.idKind === 'version'
      ? ' <span class="italic redTxt trackStatus spL notranslate" translate="no">(ID Remix)</span>'
      : '';
  const edit = shown.edit === null ? '' : ` <span class="italic trackEditData spL">(${shown.edit})</span>`;
  return `<div id="${id}" class="fontL${mashup ? ' bootleg" title="mashup track' : ''}" itemprop="tracks" itemscope itemtype="http://schema.org/MusicRecording"> ${microdata(shown, page, trackPath(shown, trackId))} ${value(shown, page, trackId, mashup ? 'mashupTrack' : '')}${status}${edit} ${labelSpan(page)} <span title="copy track name" class="fa fa-copy fa-20 blueTxt action tgHid mA spL" onclick="copyPaste($('#${id}'), { toTxt: true });"></span> </div>`;
}
