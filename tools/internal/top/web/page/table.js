// The table of nodes.
const maxRows = 300;
const columns = [
  { key: 'name', title: 'Name', value: n => n.name.toLowerCase(), text: n => n.name, cls: 'state' },
  { key: 'addr', title: 'Address', value: n => n.addr, text: n => n.addr.replace('tcp://', ''), cls: 'wide' },
  { key: 'groups', title: 'Groups', value: n => n.groups.length, text: n => n.groups.join(', ') + (n.more ? ` and ${n.more} more` : ''), cls: 'wide' },
  { key: 'rtt', title: 'Round trip', value: n => n.rtt, text: n => n.self ? '' : n.lost ? 'lost' : millis(n.rtt), cls: 'number' },
  { key: 'in', title: 'In/s', value: n => n.in, text: n => number(n.in, 1), cls: 'number' },
  { key: 'out', title: 'Out/s', value: n => n.out, text: n => number(n.out, 1), cls: 'number' },
  { key: 'octin', title: 'Octets in', value: n => n.octin, text: n => octets(n.octin), cls: 'number wide' },
  { key: 'octout', title: 'Octets out', value: n => n.octout, text: n => octets(n.octout), cls: 'number wide' },
  { key: 'queue', title: 'Queue', value: n => n.queue, text: n => number(n.queue), cls: 'number' },
  { key: 'peers', title: 'Peers', value: n => n.peers, text: n => number(n.peers), cls: 'number wide' },
];
const rows = new Map(); // by id
let shownIds = []; // as they stand

for (const c of columns) {
  const th = make('th', { scope: 'col', class: c.cls.replace('state', '') }), b = make('button', { type: 'button', 'data-sort': c.key }, c.title);
  b.addEventListener('click', () => {
    view.down = view.sort === c.key ? !view.down : c.cls.includes('number');
    view.sort = c.key;
    drawTable();
  });
  th.append(b);
  $('columns').append(th);
}

function sorted() {
  const value = columns.find(c => c.key === view.sort).value, sign = view.down ? -1 : 1;
  return [...state.nodes.values()].filter(matches).map(n => [value(n), n]).sort((a, b) =>
    (a[1].state === 'gone') - (b[1].state === 'gone') || sign * (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) || (a[1].id < b[1].id ? -1 : 1)).map(p => p[1]);
}

function drawTable() {
  for (const th of $('columns').children) {
    if (th.firstChild.dataset.sort === view.sort) th.setAttribute('aria-sort', view.down ? 'descending' : 'ascending');
    else th.removeAttribute('aria-sort');
  }
  const all = sorted(), list = all.slice(0, maxRows), body = $('rows'), seen = new Set();
  shownIds = list.map(n => n.id);
  let place = body.firstChild;
  for (const n of list) {
    seen.add(n.id);
    let row = rows.get(n.id);
    if (!row) rows.set(n.id, row = makeRow(n));
    if (row === place) place = place.nextSibling;
    else body.insertBefore(row, place);
    fillRow(row, n);
  }
  for (const [id, row] of rows) {
    if (!seen.has(id)) { row.remove(); rows.delete(id); }
  }
  $('more').hidden = all.length <= maxRows;
  setText($('more'), `and ${all.length - maxRows} more: find, or choose a group`);
}

function makeRow(n) {
  const row = make('tr', { 'data-id': n.id });
  for (const c of columns) row.append(make('td', { class: c.cls }));
  return row;
}

function fillRow(row, n) {
  setAttr(row, 'class', mood(n));
  setAttr(row, 'aria-selected', String(n.id === view.chosen));
  setAttr(row, 'tabindex', n.id === view.chosen || !view.chosen && n.id === shownIds[0] ? '0' : '-1');
  if (row.shown === n) return;
  row.shown = n;
  columns.forEach((c, i) => setText(row.children[i], c.text(n)));
  row.children[3].classList.toggle('lost', !!n.lost);
}

$('rows').addEventListener('click', e => {
  const row = e.target.closest('tr');
  if (row) choose(row.dataset.id);
});
