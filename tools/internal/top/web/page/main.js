// What the user does, and what the server says.
function redraw() { drawGraph(); drawTable(); drawDetails(); drawGroups(); }

function choose(id) {
  view.chosen = id;
  redraw();
  const row = rows.get(id), narrow = matchMedia('(max-width: 720px)').matches;
  if (row) (narrow ? $('details') : row).scrollIntoView({ block: 'nearest' });
}

function filterGroup(name) {
  view.group = name;
  $('group').value = name;
  redraw();
}

function move(step) {
  const at = shownIds.indexOf(view.chosen);
  if (shownIds.length) choose(shownIds[at < 0 ? (step > 0 ? 0 : shownIds.length - 1) : (at + step + shownIds.length) % shownIds.length]);
}

const themes = ['auto', 'light', 'dark'];
let theme = 'auto';
try { theme = localStorage.getItem('theme') || 'auto'; } catch { /* it is not kept */ }

function setTheme(name) {
  theme = themes.includes(name) ? name : 'auto';
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  setText($('theme'), 'Theme: ' + theme);
  try { localStorage.setItem('theme', theme); } catch { /* it is not kept */ }
}
const nextTheme = () => setTheme(themes[(themes.indexOf(theme) + 1) % themes.length]);

function help() {
  $('help').hidden = !$('help').hidden;
  $('keys').setAttribute('aria-expanded', String(!$('help').hidden));
}

$('theme').addEventListener('click', nextTheme);
$('keys').addEventListener('click', help);
$('group').addEventListener('change', e => filterGroup(e.target.value));
$('find').addEventListener('input', e => { view.find = e.target.value.trim(); redraw(); });

addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
  if (e.key === 'Escape') {
    $('find').value = view.find = '';
    e.target.blur();
    view.chosen = '';
    filterGroup('');
    return;
  }
  if (typing) return;
  const next = () => { const names = ['', ...state.groups.map(g => g.name)]; filterGroup(names[(names.indexOf(view.group) + 1) % names.length]); };
  const act = { ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1), t: nextTheme, g: next, '?': help, '/': () => $('find').focus() }[e.key];
  if (act) { act(); e.preventDefault(); }
});

// take draws what changed, once a frame at most.
let pending = null;
function take(change) {
  const dirty = apply(change);
  if (pending) {
    pending.graph ||= dirty.graph;
    pending.whole ||= dirty.whole;
    pending.lines = dirty.whole ? dirty.lines : pending.lines.concat(dirty.lines).slice(-maxEvents);
    return;
  }
  pending = dirty;
  if (document.hidden) return; // it is drawn when somebody looks
  requestAnimationFrame(draw);
}

function draw() {
  const dirty = pending;
  if (!dirty) return;
  pending = null;
  performance.mark('draw');
  drawTotals();
  if (dirty.graph) drawGraph();
  drawTable();
  drawGroups();
  drawDetails();
  drawLines(dirty);
  performance.measure('draw', 'draw');
  performance.clearMarks();
  performance.clearMeasures();
}
document.addEventListener('visibilitychange', () => { if (!document.hidden) draw(); });

function say(text) {
  $('lost').hidden = !text;
  setText($('lost'), text);
}

function listen() {
  const source = new EventSource('events');
  source.onmessage = e => { say(''); take(JSON.parse(e.data)); };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) {
      say('zyre top refuses this page, or has too many open: trying again.');
      setTimeout(listen, 5000);
    } else say('No connection to zyre top: what is shown is old. Trying again.');
  };
}

setTheme(theme);
if (location.search) history.replaceState(null, '', location.pathname); // the token is in a cookie now
drawDetails();
listen();
