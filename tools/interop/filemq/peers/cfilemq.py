#!/usr/bin/python3
"""C filemq's client and its server, by hand, over pyzmq, for the tests of this folder.

  cfilemq.py client ENDPOINT INBOX PATH [OPTION VALUE]...
  cfilemq.py server ENDPOINT FOLDER ALIAS [OPTION VALUE]...

They share no code with what is tested. What they do is what C filemq of 2014 and later does, its mistakes included: one
message object serves for all that is heard and said, so that a message carries what another has left in it. But they
are strict about what they hear: what breaks a rule, or would break C filemq, is an event FAULT. Options:

  timeout MS   client: the silence after which it says HUGZ, 0: never. Server: after which it forgets a client
  livelock N   server: how often it says its last message again while the credit is too short. C filemq never stops
  scan MS      server: how often it reads the folder
  age MS       server: since when a file must not have been written to

Commands come on standard input, a line each:

  ohai         client: a new conversation on the same socket
  kthxbai      client: leave
  quit

Every event goes to standard output as one line of JSON.
"""
import hashlib
import json
import os
import struct
import sys
import time

import zmq

SIGNATURE = b"\xaa\xa3"
STRING, LONGSTR, HASH, CHUNK = "string", "longstr", "hash", "chunk"
MESSAGES = {
    1: ("OHAI", ("protocol", STRING), ("version", 2)),
    4: ("OHAI-OK",),
    5: ("ICANHAZ", ("path", LONGSTR), ("options", HASH), ("cache", HASH)),
    6: ("ICANHAZ-OK",),
    7: ("NOM", ("credit", 8), ("sequence", 8)),
    8: ("CHEEZBURGER", ("sequence", 8), ("operation", 1), ("filename", LONGSTR), ("offset", 8), ("eof", 1),
        ("headers", HASH), ("chunk", CHUNK)),
    9: ("HUGZ",), 10: ("HUGZ-OK",), 11: ("KTHXBAI",),
    128: ("SRSLY", ("reason", STRING)), 129: ("RTFM", ("reason", STRING))}
IDS = {m[0]: id for id, m in MESSAGES.items()}
CREATE, DELETE = 1, 2
SLICE = 1000000  # of a file, and of credit


def tell(type, **more):
    print(json.dumps({"type": type, **more}), flush=True)


def text(octets):
    return octets.decode("utf-8", "backslashreplace")


class Reader:
    def __init__(self, frame):
        self.frame, self.at = frame, 0

    def octets(self, n):
        if len(self.frame) - self.at < n:
            raise ValueError("%d octets at %d where %d should be" % (len(self.frame) - self.at, self.at, n))
        self.at += n
        return self.frame[self.at - n:self.at]

    def value(self, kind):
        if kind == STRING:
            return self.octets(self.value(1))
        if kind in (LONGSTR, CHUNK):
            return self.octets(self.value(4))
        if kind == HASH:
            return {self.value(STRING): self.value(LONGSTR) for _ in range(self.value(4))}
        return int.from_bytes(self.octets(kind), "big")


def written(kind, value):
    if kind == STRING:
        return struct.pack("!B", len(value)) + value
    if kind in (LONGSTR, CHUNK):
        return struct.pack("!I", len(value)) + value
    if kind == HASH:
        return struct.pack("!I", len(value)) + b"".join(written(STRING, k) + written(LONGSTR, v) for k, v in value.items())
    return value.to_bytes(kind, "big")


class Message:
    """fmq_msg_t: one object for all messages of a peer; whatever a message does not have stays from the one before."""

    def __init__(self):
        self.protocol, self.version, self.reason = b"FILEMQ", 2, b""
        self.path = self.filename = self.chunk = b""
        self.credit = self.sequence = self.operation = self.offset = self.eof = 0
        self.options, self.cache, self.headers = {}, {}, {}

    def parse(self, frames):
        if len(frames) != 1:
            raise ValueError("%d frames" % len(frames))
        r = Reader(frames[0])
        if r.octets(2) != SIGNATURE:
            raise ValueError("another protocol")
        id = r.value(1)
        if id not in MESSAGES:
            raise ValueError("message %d is unknown to C filemq" % id)
        name, *fields = MESSAGES[id]
        for field, kind in fields:
            setattr(self, field, r.value(kind))
        if r.at != len(r.frame):
            raise ValueError("%d octets too many in %s" % (len(r.frame) - r.at, name))
        if name == "OHAI" and (self.protocol, self.version) != (b"FILEMQ", 2):
            raise ValueError("another version")
        return name

    def frame(self, name):
        return SIGNATURE + bytes([IDS[name]]) + b"".join(written(k, getattr(self, f)) for f, k in MESSAGES[IDS[name]][1:])


class Client:
    def __init__(self, context, endpoint, inbox, path, timeout="1000"):
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger, self.socket.reconnect_ivl = 1000, 50
        self.socket.set_hwm(0)
        self.socket.connect(endpoint)
        self.inbox, self.sub, self.timeout = os.fsencode(inbox), os.fsencode(path), int(timeout) / 1000
        tell("READY")
        self.start()

    def start(self):
        self.message, self.state = Message(), "connecting"
        self.credit, self.timeouts, self.file, self.alarm = 0, 0, None, None
        self.granted, self.heard, self.end, self.open = 0, 0, 0, b""  # what a strict one looks at
        self.say("OHAI")
        self.activity()

    def say(self, name):
        self.socket.send(self.message.frame(name))

    def activity(self):
        self.alarm = time.monotonic() + self.timeout if self.timeout else None

    def command(self, word):
        if word == "ohai":
            self.start()
        elif word == "kthxbai":
            self.say("KTHXBAI")
            self.state = "terminated"

    def rest(self):
        """How long the poller may wait."""
        return self.alarm - time.monotonic() if self.alarm and self.state != "terminated" else None

    def tick(self):
        if self.state == "terminated" or not self.alarm or time.monotonic() < self.alarm:
            return
        self.activity()
        if self.timeouts > 3:
            tell("DISCONNECT")
            self.state = "terminated"
            return
        self.timeouts += 1
        if self.state in ("connected", "subscribed"):
            self.say("HUGZ")

    def take(self, frames):
        if self.state == "terminated":
            return
        name = self.message.parse(frames)
        self.activity()
        if name in ("RTFM", "SRSLY"):
            tell(name, text=text(self.message.reason))
            tell("TERMINATED")
            self.state = "terminated"
        elif name == "HUGZ-OK":
            self.timeouts = 0
            tell(name)
        elif (self.state, name) == ("connecting", "OHAI-OK"):
            self.timeouts, self.state = 0, "subscribing"
            self.message.path = self.sub
            self.say("ICANHAZ")
        elif (self.state, name) == ("subscribing", "ICANHAZ-OK"):
            self.timeouts, self.state = 0, "subscribed"
            self.refill()
            tell("SUBSCRIBED")
        elif (self.state, name) == ("subscribed", "CHEEZBURGER"):
            self.timeouts = 0
            self.judge()
            self.patch()
            self.refill()
        else:
            tell("PROTOCOL-ERROR", text="%s while %s" % (name, self.state))  # it logs that; HUGZ too is one to it

    def refill(self):
        grant = 0
        while self.credit < 4 * SLICE + 1:
            grant += SLICE
            self.credit += SLICE
        if grant:
            self.granted += grant
            self.message.credit = grant
            self.say("NOM")  # with the sequence that was heard last

    def judge(self):
        """What C filemq does not look at, but relies on."""
        m = self.message
        self.granted -= len(m.chunk)
        faults = [(m.sequence != self.heard, "sequence %d, not %d" % (m.sequence, self.heard)),
                  (self.granted < 0, "%d octets without credit" % -self.granted),
                  (m.operation not in (CREATE, DELETE), "operation %d" % m.operation),
                  (m.eof != (m.operation == CREATE and not m.chunk), "eof %d and %d octets" % (m.eof, len(m.chunk))),
                  (m.operation == DELETE and (m.chunk or m.offset), "a delete with content"),
                  (m.operation == CREATE and self.file and m.filename != self.open, "among the chunks of " + text(self.open)),
                  (m.operation == CREATE and m.offset != (self.end if self.file else 0), "offset %d, not %d" % (m.offset, self.end))]
        for wrong, what in faults:
            if wrong:
                tell("FAULT", name=text(m.filename), text=what)
        self.heard = m.sequence + 1
        self.end, self.open = m.offset + len(m.chunk), m.filename

    def patch(self):
        m, name = self.message, self.message.filename
        if not name.startswith(b"/"):
            return tell("DROPPED", name=text(name))
        if not name.startswith(self.sub):
            return tell("FAULT", name=text(name), text="C filemq loops for ever: the path is not its subscription's")
        name = name[len(self.sub):]
        if name.startswith(b"/"):
            name = name[1:]
        path = os.path.join(self.inbox, name)
        if m.operation == DELETE:
            try:
                os.remove(path)
            except OSError:
                pass
            return tell("DELETED", name=text(name))
        if not self.file:
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                self.file = open(path, "r+b" if os.path.exists(path) else "w+b")
            except OSError as e:
                return tell("UNWRITABLE", name=text(name), text=str(e))
        if m.chunk:
            self.file.seek(m.offset)
            self.file.write(m.chunk)
            self.credit -= len(m.chunk)
            return
        at = self.file.name
        self.file.close()
        self.file = None
        with open(at, "rb") as f:
            content = f.read()
        tell("UPDATED", name=text(name), size=m.offset, disk=len(content), sha1=hashlib.sha1(content).hexdigest())


class Guest:
    """What the server knows of a client."""

    def __init__(self, id):
        self.id, self.state = id, "start"
        self.credit, self.sequence, self.patches = 0, 0, {}
        self.patch = self.file = None
        self.offset = self.short = 0
        self.subscribed, self.seen = False, time.monotonic()


class Server:
    def __init__(self, context, endpoint, folder, alias, timeout="60000", livelock="10000", scan="50", age="5000"):
        self.socket = context.socket(zmq.ROUTER)
        self.socket.linger = 1000
        self.socket.set_hwm(0)
        self.socket.bind(endpoint)
        self.folder, self.alias = os.fsencode(folder), os.fsencode(alias)
        self.timeout, self.livelock = int(timeout) / 1000, int(livelock)
        self.scan, self.age = int(scan) / 1000, int(age) / 1000
        self.message, self.guests, self.dead = Message(), {}, False
        self.files, self.next = self.read(), time.monotonic()
        tell("READY", addr=self.socket.getsockopt_string(zmq.LAST_ENDPOINT))

    def read(self):
        """zdir: no hidden files, and none that was written to just now."""
        files, now = {}, time.time()
        for where, folders, names in os.walk(self.folder):
            folders[:] = [f for f in folders if not f.startswith(b".")]
            for name in names:
                path = os.path.join(where, name)
                try:
                    s = os.stat(path)
                except FileNotFoundError:
                    continue
                if not name.startswith(b".") and now - s.st_mtime >= self.age:
                    files[os.path.relpath(path, self.folder)] = (s.st_size, s.st_mtime_ns, s.st_ino)
        return files

    def rest(self):
        return self.next - time.monotonic()

    def tick(self):
        now = time.monotonic()
        if self.dead or now < self.next:
            return
        self.next = now + self.scan
        for guest in list(self.guests.values()):
            if now - guest.seen >= self.timeout:
                tell("EXPIRED")
                del self.guests[guest.id]
        old, self.files = self.files, self.read()
        patches = [(n, DELETE if n not in self.files else CREATE)
                   for n in sorted(old.keys() | self.files.keys()) if old.get(n) != self.files.get(n)]
        if not patches:
            return
        for guest in list(self.guests.values()):
            if not guest.subscribed:
                continue
            for name, operation in patches:  # of all that it offers, whatever the subscription's path is
                virtual = self.alias + (b"" if self.alias.endswith(b"/") else b"/") + name
                guest.patches.pop(virtual, None)
                guest.patches[virtual] = (operation, os.path.join(self.folder, name))
            if guest.state == "ready":
                self.execute(guest, "dispatch")

    def command(self, word):
        raise ValueError("no command " + word)

    def take(self, frames):
        id, *frames = frames
        if self.dead:
            return
        try:
            name = self.message.parse(frames)
        except ValueError:
            self.dead = True  # it lives, and answers nobody
            raise
        guest = self.guests.setdefault(id, Guest(id))
        guest.seen = time.monotonic()
        if name != "NOM":
            tell(name, name=text(self.message.path) if name == "ICANHAZ" else "", text=guest.state)
        self.execute(guest, name)

    def say(self, guest, name):
        self.socket.send_multipart([guest.id, self.message.frame(name)])

    def execute(self, guest, event):
        while event:
            event = self.step(guest, event)

    def step(self, g, event):
        """Does what an event asks for, and returns the next one."""
        if g.state == "dispatching" and event in ("send chunk", "next patch"):
            short = self.next_patch(g)
            self.say(g, "CHEEZBURGER")  # whatever is in it
            if short:
                g.short += 1
                if g.short >= self.livelock:  # here C filemq goes on and on
                    tell("LIVELOCK", size=g.short, name=text(self.message.filename))
                    g.short = 0
                    return None
            return self.check(g)
        if g.state == "dispatching" and event in ("no credit", "finished"):
            g.state = "ready"
            if event == "finished":
                tell("FINISHED")
        elif g.state != "start" and event == "NOM":
            g.credit += self.message.credit
            g.state = "dispatching"
            return self.check(g)
        elif g.state == "ready" and event == "ICANHAZ":
            g.subscribed, g.state = True, "dispatching"
            self.say(g, "ICANHAZ-OK")
            return self.check(g)
        elif g.state == "ready" and event == "dispatch":
            g.state = "dispatching"
            return self.check(g)
        elif event == "OHAI":
            self.say(g, "OHAI-OK")
            g.state = "ready"  # and whatever was, stays
        elif g.state != "start" and event == "HUGZ":
            self.say(g, "HUGZ-OK")
        else:
            if g.state == "start" or event != "KTHXBAI":
                tell("RTFM", text="%s while %s" % (event, g.state))
                self.say(g, "RTFM")
            del self.guests[g.id]
        return None

    def check(self, g):
        if not g.credit:
            return "no credit"
        return "send chunk" if g.patches or g.patch else "finished"

    def next_patch(self, g):
        """Fills in the next CHEEZBURGER. If the credit is too short it tells so, and the message is half the old one."""
        m = self.message
        if not g.patch and g.patches:
            name = next(iter(g.patches))
            g.patch = (name, *g.patches.pop(name))
        m.filename, operation, path = g.patch
        if operation == DELETE:
            m.sequence, m.operation, m.eof = g.sequence, DELETE, 0
            g.sequence += 1
            g.patch = None
            return False
        if not g.file:
            try:
                g.file, g.offset = open(path, "rb"), 0
            except OSError:
                g.patch = None
                return False
        g.file.seek(g.offset)
        chunk = g.file.read(SLICE)
        if len(chunk) > g.credit:
            return True
        m.sequence, m.operation, m.offset, m.eof, m.chunk = g.sequence, CREATE, g.offset, int(not chunk), chunk
        g.sequence += 1
        g.short = 0
        g.offset += len(chunk)
        g.credit -= len(chunk)
        if not chunk:
            g.file.close()
            g.file = g.patch = None
        return False


def run(kind, *words):
    context = zmq.Context()
    fixed, options = words[:3], words[3:]
    peer = {"client": Client, "server": Server}[kind](context, *fixed, **dict(zip(options[::2], options[1::2])))
    poller = zmq.Poller()
    poller.register(peer.socket, zmq.POLLIN)
    poller.register(sys.stdin, zmq.POLLIN)
    while True:
        rest = peer.rest()
        ready = dict(poller.poll(None if rest is None else max(rest, 0) * 1000 + 1))
        if peer.socket in ready:
            for _ in range(100):
                try:
                    peer.take(peer.socket.recv_multipart(zmq.DONTWAIT))
                except zmq.Again:
                    break
                except ValueError as e:
                    tell("FAULT", text=str(e))
        peer.tick()
        if sys.stdin.fileno() in ready:
            word = sys.stdin.readline().strip()
            if word in ("", "quit"):
                break
            peer.command(word)
    peer.socket.close()
    context.term()


run(*sys.argv[1:])
