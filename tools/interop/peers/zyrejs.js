'use strict';
// A peer made of zyre.js, which we did not write, for the tests of this folder.
//
//   node zyrejs.js NAME INTERFACE UDP-PORT TCP-PORT EVASIVE EXPIRED [KEY VALUE]...
//
// Commands come on standard input, a line each, words separated by tabs:
//   join GROUP | leave GROUP | whisper PEER TEXT | shout GROUP TEXT | quit
// Every event goes to standard output as one line of JSON.

// zyre.js asks for zeromq 5, whose binaries are for old Nodes only; zeromq 6
// has binaries for all, and that interface under another name.
const asked = require.resolve('zeromq');
const { Socket } = require('zeromq/v5-compat');
require.cache[asked] = require.cache[require.resolve('zeromq/v5-compat')];
// Its unbind sometimes never calls back; zyre.js closes the socket next, which
// unbinds too.
Socket.prototype.unbind = (endpoint, done) => process.nextTick(done);
const Zyre = require('zyre.js');

const [name, iface, bport, port, evasive, expired, ...pairs] = process.argv.slice(2);
const headers = {};
for (let i = 0; i < pairs.length; i += 2) headers[pairs[i]] = pairs[i + 1];

const node = Zyre.new({
  name, iface, headers,
  bport: Number(bport), port: Number(port), evasive: Number(evasive), expired: Number(expired),
});

function tell(type, peer, more) {
  process.stdout.write(`${JSON.stringify({ type, peer: peer.toUpperCase(), ...more })}\n`);
}

// What zyre.js believes the peer's status to be: what the last HELLO, JOIN or LEAVE said.
function status(peer) {
  const known = node._zyrePeers.getPeer(peer);
  return known ? known._status : -1;
}

node.on('connect', (peer, n, h) => tell('ENTER', peer, {
  name: n, headers: h, status: status(peer), addr: node.getPeer(peer).endpoint,
}));
node.on('disconnect', (peer, n) => tell('EXIT', peer, { name: n || '' }));
node.on('expired', (peer, n) => tell('EXPIRED', peer, { name: n || '' }));
node.on('join', (peer, n, group) => tell('JOIN', peer, { name: n, group, status: status(peer) }));
node.on('leave', (peer, n, group) => tell('LEAVE', peer, { name: n, group, status: status(peer) }));
node.on('whisper', (peer, n, text) => tell('WHISPER', peer, { name: n, msg: [text] }));
node.on('shout', (peer, n, text, group) => tell('SHOUT', peer, { name: n, group, msg: [text] }));

let ending = false;
const commands = {
  join: (group) => node.join(group),
  leave: (group) => node.leave(group),
  whisper: (peer, text) => node.whisper(peer.toLowerCase(), text),
  shout: (group, text) => node.shout(group, text),
  quit: () => {
    if (!ending) node.stop().then(() => process.exit(0));
    ending = true;
  },
};

node.start().then(() => {
  tell('READY', node.getIdentity(), { name });
  const lines = require('readline').createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const [command, ...words] = line.split('\t');
    commands[command](...words);
  });
  lines.on('close', () => commands.quit());
});
