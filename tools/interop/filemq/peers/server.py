#!/usr/bin/python3
"""C filemq's server, by hand, over pyzmq, for the tests of this folder.

  server.py ENDPOINT FOLDER ALIAS [OPTION VALUE]...

It shares no code with what is tested. It does what the server of C filemq does, the mistakes included. What C filemq
would not survive is an event FAULT, and then it too answers nobody any more. The options:

  timeout MS   the silence after which a client is forgotten
  livelock N   how often it says its last message again to a client while the credit is too short: C filemq never stops.
               Then it reads its socket again, and after each message that changes nothing says it once more
  scan MS      how often it reads the folder
  age MS       since when a file must not have been written to

Every event goes to standard output as one line of JSON. The end of standard input ends it.
"""
import os
import time

import zmq

from common import CREATE, DELETE, SLICE, Message, run, tell, text


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
                    if g.short == self.livelock:
                        tell("LIVELOCK", size=g.short, name=text(self.message.filename))
                    return None
            return self.check(g)
        if g.state == "dispatching" and event in ("no credit", "finished"):
            g.state = "ready"
            if event == "finished":
                tell("FINISHED", size=g.credit)
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
        g.offset += len(chunk)
        g.credit -= len(chunk)
        if not chunk:
            g.file.close()
            g.file = g.patch = None
        return False


run(Server)
