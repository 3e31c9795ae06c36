'use strict';
// A socket of zeromq.js, which has a libzmq of its own inside, for the tests of this folder. It is used as pyzmq.py is,
// and tells what that tells; it knows no "random" and no "draws".
//
//   node zeromq.js KIND bind|connect ENDPOINT [OPTION VALUE]...

const zmq = require('zeromq');

const kinds = { DEALER: zmq.Dealer, ROUTER: zmq.Router, PUB: zmq.Publisher, SUB: zmq.Subscriber };
const states = {
  handshake: 'UP',
  disconnect: 'DOWN',
  'handshake:error:protocol': 'REFUSED',
  'handshake:error:auth': 'REFUSED',
  'handshake:error:other': 'REFUSED',
};

const [kind, how, endpoint, ...pairs] = process.argv.slice(2);
const options = {};
for (let i = 0; i < pairs.length; i += 2) options[pairs[i]] = pairs[i + 1];

function tell(type, more) {
  process.stdout.write(`${JSON.stringify({ type, ...more })}\n`);
}

function octets(word) {
  return Buffer.from(word, 'latin1');
}

// Z85 (RFC 32) of octets whose number is divisible by four.
function z85(bytes) {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
  let text = '';
  for (let i = 0; i < bytes.length; i += 4) {
    const value = bytes.readUInt32BE(i);
    for (let unit = 85 ** 4; unit >= 1; unit /= 85) text += digits[Math.floor(value / unit) % 85];
  }
  return text;
}

const wanted = { linger: 5000 };
if (kind !== 'SUB') wanted.sendHighWaterMark = 0;
if (kind !== 'PUB') wanted.receiveHighWaterMark = 0;
if (kind === 'ROUTER') wanted.handover = true;
if (how === 'connect') wanted.reconnectInterval = 50;
if ('identity' in options) wanted.routingId = options.identity;
if ('heartbeat' in options) {
  wanted.heartbeatInterval = Number(options.heartbeat);
  Object.assign(wanted, { heartbeatTimeout: 20000, heartbeatTimeToLive: 30000 });
}
if ('username' in options) Object.assign(wanted, { plainUsername: options.username, plainPassword: options.password });
if ('accept' in options) wanted.plainServer = true;
if ('secret' in options) Object.assign(wanted, { curveSecretKey: options.secret, curvePublicKey: options.public });
if ('server' in options) wanted.curveServerKey = options.server;
if ('admit' in options) wanted.curveServer = true;
const socket = new kinds[kind](wanted);

// One message after the other: zeromq.js takes the next one only when it has the one before.
let queue = Promise.resolve();
function send(frames) {
  queue = queue.then(() => socket.send(frames));
  return queue;
}

// Answers the questions of ZAP (RFC 27).
async function judge(zap) {
  for await (const [version, number, , addr, , mechanism, ...shown] of zap) {
    const admitted = mechanism.toString() === 'PLAIN'
      ? shown.map((s) => s.toString('latin1')).join(':') === options.accept
      : mechanism.toString() === 'CURVE' && z85(shown[0]) === options.admit;
    tell(admitted ? 'ADMITTED' : 'REFUSED', { addr: addr.toString(), text: mechanism.toString() });
    await zap.send([version, number, admitted ? '200' : '400', admitted ? 'OK' : 'No', '', '']);
  }
}

async function watch() {
  for await (const event of socket.events) {
    if (event.type in states) tell(states[event.type]);
  }
}

async function take() {
  for await (const frames of socket) {
    if ('echo' in options) await send(frames);
    else tell('MESSAGE', { msg: frames.map((f) => f.toString('latin1')) });
  }
}

const commands = {
  send: (...words) => send(words.map(octets)),
  flood: async (n, ...words) => {
    for (let i = 1; i <= Number(n); i++) await send([...words.map(octets), String(i)]);
  },
  subscribe: (prefix) => socket.subscribe(octets(prefix)),
  unsubscribe: (prefix) => socket.unsubscribe(octets(prefix)),
  quit: () => {
    socket.close();
    process.exitCode = 0;
    setImmediate(() => process.exit());
  },
};

async function run() {
  if ('accept' in options || 'admit' in options) {
    const zap = new zmq.Reply();
    await zap.bind('inproc://zeromq.zap.01');
    judge(zap);
  }
  if ('subscribe' in options) socket.subscribe(octets(options.subscribe));
  watch();
  if (how === 'bind') await socket.bind(endpoint);
  else socket.connect(endpoint);
  tell('READY', { addr: socket.lastEndpoint || endpoint, text: zmq.version });
  if (kind !== 'PUB') take();
  const lines = require('readline').createInterface({ input: process.stdin });
  let before = Promise.resolve();
  lines.on('line', (line) => {
    const [command, ...words] = line.split('\t');
    before = before.then(() => commands[command](...words));
  });
  lines.on('close', () => { before = before.then(() => commands.quit()); });
}

run();
