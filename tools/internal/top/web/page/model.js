// What the page knows. All of it is bounded: nodes that are gone are taken away by
// the server, and of events the latest stay.
const maxEvents = 200, maxColours = 1000;
const state = { nodes: new Map(), groups: [], moreGroups: 0, totals: {}, lines: new Map(), left: 0, version: 0 };
const view = { chosen: '', group: '', find: '', sort: 'name', down: false };
const colours = new Map(); // of groups, in the order in which they were met

const $ = id => document.getElementById(id);

// make makes an element. Texts of strangers only ever become text.
function make(tag, attributes, text) {
  const e = document.createElement(tag);
  for (const name in attributes) e.setAttribute(name, attributes[name]);
  if (text !== undefined) e.textContent = text;
  return e;
}

// set changes an element's text or attribute where that is another.
function setText(e, text) { if (e.textContent !== text) e.textContent = text; }
function setAttr(e, name, value) { if (e.getAttribute(name) !== value) e.setAttribute(name, value); }

function colour(group) {
  if (!colours.has(group)) {
    if (colours.size >= maxColours) colours.clear();
    colours.set(group, colours.size % 10);
  }
  return 'c' + colours.get(group);
}

// apply takes what changed; it tells what of the page that concerns.
function apply(change) {
  const dirty = { graph: false, lines: [] };
  if (change.whole) {
    state.nodes.clear();
    state.lines.clear();
    dirty.whole = dirty.graph = true;
    state.left = 0;
  }
  for (const n of change.nodes || []) {
    const old = state.nodes.get(n.id);
    if (!old || old.name !== n.name || old.state !== n.state || String(old.groups) !== String(n.groups) || String(old.down) !== String(n.down)) dirty.graph = true;
    state.nodes.set(n.id, n);
  }
  for (const id of change.removed || []) {
    state.nodes.delete(id);
    dirty.graph = true;
  }
  for (const line of change.lines || []) {
    state.lines.set(line.n, line);
    dirty.lines.push(line);
  }
  for (const n of state.lines.keys()) {
    if (state.lines.size <= maxEvents) break;
    state.lines.delete(n);
  }
  state.left += change.left || 0;
  state.groups = change.groups;
  state.moreGroups = change.moregroups || 0;
  state.totals = change.totals;
  state.version = change.version;
  if (!state.nodes.has(view.chosen)) view.chosen = '';
  return dirty;
}

// matches tells whether a node is wanted by filters.
function matches(n) {
  if (view.group && !n.groups.includes(view.group)) return false;
  const find = view.find.toLowerCase();
  return !find || n.name.toLowerCase().includes(find) || n.addr.includes(find) || n.id.toLowerCase().startsWith(find);
}

const quiet = n => n.state === 'evasive' || n.state === 'silent';
const mood = n => n.state === 'gone' ? 'gone' : quiet(n) ? 'quiet' : 'here';

function number(x, digits = 0) {
  return x < 0 || x === undefined ? '–' : x >= 100 || !digits ? Math.round(x).toLocaleString('en') : x.toFixed(digits);
}
const octets = x => x < 0 ? '–' : x < 1000 ? Math.round(x) + ' B/s' : x < 1e6 ? (x / 1e3).toFixed(1) + ' kB/s' : (x / 1e6).toFixed(1) + ' MB/s';
const millis = us => us < 0 ? '–' : (us / 1000).toFixed(us < 10000 ? 2 : 0) + ' ms';
const clock = ms => new Date(ms).toLocaleTimeString('en-GB');
