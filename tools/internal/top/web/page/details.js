// What is known of the selected node, the groups, and the stream of events.
function drawDetails() {
  const box = $('details'), n = state.nodes.get(view.chosen);
  if (!n) {
    if (!box.querySelector('.none')) box.replaceChildren(make('p', { class: 'none' }, 'Select a node to see what it says of itself.'));
    return;
  }
  const facts = [['State', n.state + (n.cause ? ': ' + n.cause : '')], [n.state === 'gone' ? 'Gone since' : 'Here since', clock(n.since)],
    ['UUID', n.id], ['Address', n.addr || '–'], ['Groups', n.groups.join(', ') + (n.more ? ` and ${n.more} more` : '') || 'none']];
  if (n.state !== 'gone') {
    if (!n.self) facts.push(['Round trip', n.lost ? 'the last ping was lost' : millis(n.rtt)]);
    facts.push(['Messages', `${number(n.in, 1)} in, ${number(n.out, 1)} out a second`], ['Octets', `${octets(n.octin)} in, ${octets(n.octout)} out`],
      ['Queue', number(n.queue)], ['Sees', n.peers < 0 ? '– (it does not say)' : `${n.peers} of ${state.totals.nodes - 1} others`]);
  }
  if (n.down) facts.push(['Broken to', n.down.map(id => (state.nodes.get(id) || { name: id }).name).join(', ')]);
  for (const key in n.headers) facts.push([key, n.headers[key]]);
  const title = n.name + (n.self ? ' (this observer)' : '');
  const now = JSON.stringify([title, facts]);
  if (box.dataset.shown === now) return;
  box.dataset.shown = now;
  const list = make('dl');
  for (const [key, value] of facts) list.append(make('dt', {}, key), make('dd', {}, value));
  box.replaceChildren(make('h2', {}, title), list);
}

// drawGroups fills the legend and the choice of groups.
function drawGroups() {
  const shown = state.groups.slice(0, 30), now = JSON.stringify([shown, state.moreGroups, view.group]);
  const legend = $('legend'), choice = $('group');
  if (legend.dataset.shown === now) return;
  legend.dataset.shown = now;
  legend.replaceChildren(...shown.map(g => {
    const li = make('li'), b = make('button', { type: 'button', 'data-group': g.name, 'aria-pressed': String(g.name === view.group), title: g.name });
    b.append(make('span', { class: 'swatch ' + colour(g.name) }), make('span', {}, g.name), make('span', { class: 'none' }, String(g.members)));
    li.append(b);
    return li;
  }));
  const more = state.groups.length - shown.length + state.moreGroups;
  if (more > 0) legend.append(make('li', { class: 'none' }, `and ${more} more groups`));
  const names = state.groups.map(g => g.name);
  if (view.group && !names.includes(view.group)) names.unshift(view.group);
  if (document.activeElement === choice && choice.options.length === names.length + 1) return; // it is open
  choice.replaceChildren(make('option', { value: '' }, 'all'), ...names.map(name => make('option', { value: name }, name)));
  choice.value = view.group;
}

$('legend').addEventListener('click', e => {
  const b = e.target.closest('button');
  if (b) filterGroup(b.dataset.group === view.group ? '' : b.dataset.group);
});

const items = new Map(); // of the stream, by number

// drawLines adds what is new on top, and changes what more nodes told of.
function drawLines(dirty) {
  const list = $('events');
  if (dirty.whole) { list.replaceChildren(); items.clear(); }
  const follow = list.scrollTop === 0, before = list.scrollHeight;
  for (const line of dirty.lines) {
    let li = items.get(line.n);
    if (!state.lines.has(line.n)) continue;
    if (!li) {
      li = make('li', { class: 'l' + line.level, 'data-peer': line.peer || '' });
      li.append(make('time', {}, clock(line.at)), make('span', { class: 'what' }, line.what), make('span', { class: 'text' }), make('span', { class: 'told' }));
      const text = line.who + (line.text ? ': ' + line.text : '');
      li.children[2].textContent = text;
      li.children[2].title = text;
      items.set(line.n, li);
      list.prepend(li);
    }
    setAttr(li, 'class', 'l' + line.level);
    setText(li.children[3], line.told > 1 ? '×' + line.told : '');
  }
  for (const [n, li] of items) {
    if (!state.lines.has(n)) { li.remove(); items.delete(n); }
  }
  if (!follow) list.scrollTop += list.scrollHeight - before;
  setText($('left'), state.left ? `(${state.left.toLocaleString('en')} more came too fast to be shown)` : '');
}

function drawTotals() {
  const t = state.totals, one = (n, what) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
  setText($('totals'), `${one(t.nodes, 'node')}${t.quiet ? ` (${t.quiet} quiet)` : ''} · ${one(t.enters, 'enter')} · ${one(t.exits, 'exit')} · ${one(t.joins, 'join')} · ${one(t.leaves, 'leave')} · ${one(t.records, 'record')}`);
}
