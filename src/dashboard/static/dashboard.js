/** Refreshes the living pieces of the dashboard. Markup comes rendered from the server; a piece is touched only when it changed, so nothing flickers. */

const EVERY_MS = 5_000;
const pieces = [...document.querySelectorAll('[data-live]')];
const shown = new Map();
const sign = document.getElementById('live');

if (pieces.length > 0) {
  setTimeout(refresh, EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refresh();
  });
}

let timer = 0;

/** Asks once, then again later; a page nobody looks at asks nothing. */
async function refresh() {
  clearTimeout(timer);
  if (document.visibilityState !== 'visible') return;
  try {
    const answer = await fetch(`/dashboard.json${location.search}`, { headers: { accept: 'application/json' } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()).html);
    tell('live', false);
  } catch {
    tell('no answer', true);
  }
  timer = setTimeout(refresh, EVERY_MS);
}

/** Puts in what changed. A piece in which a person is (keyboard focus, marked text) waits for the next time. */
function show(html) {
  for (const piece of pieces) {
    const name = piece.dataset.live;
    const markup = html[name];
    if (markup === undefined || shown.get(name) === markup || isInUse(piece)) continue;
    const isChange = shown.has(name);
    shown.set(name, markup);
    if (!isChange && sameMarkup(piece, markup)) continue;
    piece.innerHTML = markup;
    if (piece.classList.contains('number')) flash(piece);
  }
}

/** The first answer is mostly what the page was made with. */
function sameMarkup(piece, markup) {
  const made = document.createElement(piece.tagName);
  made.innerHTML = markup;
  return made.innerHTML === piece.innerHTML;
}

function isInUse(piece) {
  const marked = getSelection();
  return (
    piece.contains(document.activeElement) ||
    (marked !== null && !marked.isCollapsed && piece.contains(marked.anchorNode))
  );
}

function flash(piece) {
  piece.classList.remove('changed');
  requestAnimationFrame(() => piece.classList.add('changed'));
}

function tell(text, isLost) {
  if (sign === null) return;
  sign.classList.toggle('lost', isLost);
  const words = sign.querySelector('span');
  if (words.textContent !== text) words.textContent = text;
}
