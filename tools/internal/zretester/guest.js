'use strict';
// A node of zyre.js, which we did not write, among ours: it answers, and joins
// and leaves groups. It ends with its standard input.
//
//   node -e THIS NAME INTERFACE UDP-PORT TCP-PORT GROUPS EVERY-MS
const path = require('path');
const from = { paths: [process.cwd(), ...(process.env.NODE_PATH || '').split(path.delimiter).filter(Boolean)] };
// zyre.js asks for zeromq 5, whose binaries are for old Nodes only; zeromq 6 has that interface under another name.
const v5 = require.resolve('zeromq/v5-compat', from);
const { Socket } = require(v5);
require.cache[require.resolve('zeromq', from)] = require.cache[v5];
// Its unbind sometimes never calls back; zyre.js closes the socket next, which unbinds too.
Socket.prototype.unbind = (endpoint, done) => process.nextTick(done);
const Zyre = require(require.resolve('zyre.js', from));

const [name, iface, bport, port, groups, every] = process.argv.slice(1);
const node = Zyre.new({ name, iface, bport: Number(bport), port: Number(port) });
const chance = (n) => Math.floor(Math.random() * n);

node.on('whisper', (peer) => { if (chance(2) === 0) node.whisper(peer, 'an answer'); });
node.on('shout', (peer) => { if (chance(3) === 0) node.whisper(peer, 'an answer'); });
node.on('connect', (peer) => node.whisper(peer, 'hello'));

node.start().then(() => {
  process.stdout.write('ready\n');
  const member = new Set();
  const timer = setInterval(() => {
    const group = `group${chance(Number(groups))}`;
    if (member.delete(group)) node.leave(group); else { member.add(group); node.join(group); }
  }, Number(every));
  process.stdin.resume();
  process.stdin.on('end', () => {
    clearInterval(timer);
    node.stop().then(() => process.exit(0));
  });
});
