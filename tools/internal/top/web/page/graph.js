// The mesh: nodes in a circle, those of one group side by side; with one selected,
// or few in all, connections are drawn; broken ones always.
const maxDrawn = 400, maxPips = 6, fewNodes = 16, size = 1000;
const svg = $('graph');
const drawn = new Map(); // nodes by id
const links = svgMake('g', {}), dots = svgMake('g', {});
svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
svg.append(links, dots);

function svgMake(tag, attributes) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const name in attributes) e.setAttribute(name, attributes[name]);
  return e;
}

// order puts nodes of one group side by side: of the group that was met first, so
// that nobody moves because others do.
function order() {
  for (const g of state.groups) colour(g.name);
  const rank = new Map([...colours.keys()].map((name, i) => [name, i]));
  const first = n => Math.min(...n.groups.map(g => rank.get(g) ?? 1e6), 1e7);
  return [...state.nodes.values()].map(n => [first(n), n])
    .sort((a, b) => a[0] - b[0] || (a[1].name < b[1].name ? -1 : a[1].name > b[1].name ? 1 : a[1].id < b[1].id ? -1 : 1))
    .map(pair => pair[1]).slice(0, maxDrawn);
}

function drawNode(n) {
  const g = svgMake('g', { 'data-id': n.id });
  g.append(svgMake('title', {}), svgMake('circle', { class: 'dot' }), svgMake('text', {}), svgMake('g', {}));
  dots.append(g);
  return g;
}

const layout = { key: '', at: new Map(), radius: 0, r: 0 }; // where everybody is
let room = 0; // the smaller side of the picture on the screen
new ResizeObserver(() => {
  room = Math.min(svg.clientWidth, svg.clientHeight);
  if (state.nodes.size) drawGraph();
}).observe(svg);

// drawGraph draws what is new, and all where somebody came or went.
function drawGraph() {
  const nodes = order();
  const key = room + ' ' + nodes.map(n => n.id).join();
  if (key !== layout.key) {
    layout.key = key;
    place(nodes);
  }
  for (const n of nodes) {
    const g = drawn.get(n.id), now = n.state + '\n' + n.groups.join('\n');
    if (g.shown === now) continue;
    g.shown = now;
    setText(g.firstChild, `${n.name} (${n.state}) ${n.groups.join(', ')}`);
    drawPips(g.lastChild, n, layout.at.get(n.id)[2], layout.radius, layout.r);
  }
  drawLinks(nodes, layout.at);
  mark();
}

// place gives everybody a place in the circle.
function place(nodes) {
  const n = nodes.length, at = new Map();
  const scale = size / Math.max(room, 240), narrow = room < 480; // text has its size on the screen
  const letters = 12 * scale, labels = !narrow || n <= 36;
  const radius = size / 2 - (labels ? 8 * letters * .6 + 12 : 30);
  const gap = 2 * Math.PI * radius / Math.max(n, 1);
  const r = Math.max(5, Math.min(13 * scale / 1.3, gap * .38));
  nodes.forEach((one, i) => {
    const a = 2 * Math.PI * i / n - Math.PI / 2;
    at.set(one.id, [size / 2 + radius * Math.cos(a), size / 2 + radius * Math.sin(a), a]);
  });
  for (const [id, g] of drawn) {
    if (!at.has(id)) { g.remove(); drawn.delete(id); }
  }
  for (const one of nodes) {
    let g = drawn.get(one.id);
    if (!g) drawn.set(one.id, g = drawNode(one));
    g.shown = '';
    const [x, y, a] = at.get(one.id), [, dot, text] = g.children;
    setAttr(dot, 'cx', x.toFixed(1)); setAttr(dot, 'cy', y.toFixed(1)); setAttr(dot, 'r', r.toFixed(1));
    const left = Math.cos(a) < -1e-9, out = r + 6;
    setText(text, labels && gap > letters * .55 ? short(one.name) : '');
    text.style.fontSize = letters.toFixed(1) + 'px';
    const degrees = a * 180 / Math.PI + (left ? 180 : 0);
    setAttr(text, 'transform', `translate(${(x + out * Math.cos(a)).toFixed(1)} ${(y + out * Math.sin(a)).toFixed(1)}) rotate(${degrees.toFixed(1)})`);
    setAttr(text, 'text-anchor', left ? 'end' : 'start');
  }
  Object.assign(layout, { at, radius, r });
}

// drawPips draws a node's groups, as colours, inside of the circle.
function drawPips(pips, n, a, radius, r) {
  const shown = n.groups.slice(0, maxPips), p = Math.max(4.5, r * .7);
  while (pips.children.length > shown.length) pips.lastChild.remove();
  while (pips.children.length < shown.length) pips.append(svgMake('circle', {}));
  shown.forEach((group, i) => {
    const d = radius - r - p - 3 - i * (2 * p + 2), e = pips.children[i];
    setAttr(e, 'class', colour(group));
    setAttr(e, 'cx', (size / 2 + d * Math.cos(a)).toFixed(1)); setAttr(e, 'cy', (size / 2 + d * Math.sin(a)).toFixed(1)); setAttr(e, 'r', p.toFixed(1));
  });
}

// drawLinks draws connections as curves that bend towards the middle.
function drawLinks(nodes, at) {
  const paths = { link: '', down: '' };
  const curve = (kind, from, to) => {
    const a = at.get(from), b = at.get(to);
    if (!a || !b) return;
    const mid = i => (size / 2 + (a[i] + b[i]) / 4 - size / 4).toFixed(0);
    paths[kind] += `M${a[0].toFixed(0)} ${a[1].toFixed(0)}Q${mid(0)} ${mid(1)} ${b[0].toFixed(0)} ${b[1].toFixed(0)}`;
  };
  const present = nodes.filter(n => n.state !== 'gone');
  const broken = new Set();
  for (const n of present) for (const to of n.down || []) {
    curve('down', n.id, to);
    broken.add(n.id + to);
  }
  const chosen = state.nodes.get(view.chosen);
  const among = view.group ? present.filter(n => n.groups.includes(view.group)) : present;
  const whole = (from, to) => { if (!broken.has(from + to) && !broken.has(to + from)) curve('link', from, to); };
  if (chosen && chosen.state !== 'gone') {
    for (const n of among) if (n !== chosen) whole(chosen.id, n.id);
  } else if (among.length <= fewNodes) {
    among.forEach((n, i) => { for (const o of among.slice(i + 1)) whole(n.id, o.id); });
  }
  while (links.children.length < 2) links.append(svgMake('path', {}));
  ['link', 'down'].forEach((kind, i) => { setAttr(links.children[i], 'class', kind); setAttr(links.children[i], 'd', paths[kind]); });
}

// mark shows states, what is selected, and what filters leave.
function mark() {
  for (const [id, g] of drawn) {
    const n = state.nodes.get(id);
    setAttr(g, 'class', ['node', mood(n), n.self ? 'self' : '', id === view.chosen ? 'chosen' : '', matches(n) ? '' : 'dim'].filter(Boolean).join(' '));
  }
}

const short = name => [...name].length > 12 ? [...name].slice(0, 11).join('') + '…' : name;

svg.addEventListener('click', e => {
  const g = e.target.closest('.node');
  choose(g ? g.dataset.id : '');
});
