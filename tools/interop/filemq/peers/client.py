#!/usr/bin/python3
"""C filemq's client, by hand, over pyzmq, for the tests of this folder.

  client.py ENDPOINT INBOX PATH [timeout MS] [stall OCTETS]

It shares no code with what is tested. It does what the client of C filemq does, the mistakes included, and is strict
about what C filemq relies on without looking: what is wrong there is an event FAULT. timeout is the silence after which
it says HUGZ; 0: never. With stall it is slow for once: when it has given so much credit it gives no more before "go".
Commands come on standard input, a line each; its end ends the client:

  go        be slow no longer
  ohai      a new conversation, on the same socket
  kthxbai   leave

Every event goes to standard output as one line of JSON.
"""
import hashlib
import os
import time

import zmq

from common import CREATE, DELETE, SLICE, Message, run, tell, text


class Client:
    def __init__(self, context, endpoint, inbox, path, timeout="1000", stall="0"):
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger, self.socket.reconnect_ivl = 1000, 50
        self.socket.set_hwm(0)
        self.socket.connect(endpoint)
        self.inbox, self.sub, self.timeout = os.fsencode(inbox), os.fsencode(path), int(timeout) / 1000
        self.stall, self.given = int(stall), 0
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
        if word == "go":
            self.stall = 0
            self.refill()
        elif word == "ohai":
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
        if self.stall and self.given >= self.stall:
            if self.credit == 0:
                tell("STALLED")
            return
        grant = 0
        while self.credit < 4 * SLICE + 1:
            grant += SLICE
            self.credit += SLICE
        if grant:
            self.granted += grant
            self.given += grant
            self.message.credit = grant
            self.say("NOM")  # with the sequence that was heard last

    def judge(self):
        """What C filemq does not look at, but relies on. An empty chunk at any offset ends a file that is to be given up."""
        m = self.message
        self.granted -= len(m.chunk)
        faults = [(m.sequence != self.heard, "sequence %d, not %d" % (m.sequence, self.heard)),
                  (self.granted < 0, "%d octets without credit" % -self.granted),
                  (m.operation not in (CREATE, DELETE), "operation %d" % m.operation),
                  (m.eof != (m.operation == CREATE and not m.chunk), "eof %d and %d octets" % (m.eof, len(m.chunk))),
                  (m.operation == DELETE and (m.chunk or m.offset), "a delete with content"),
                  (m.operation == CREATE and self.file and m.filename != self.open, "among the chunks of " + text(self.open)),
                  (m.operation == CREATE and m.offset not in (0, self.end if self.file else 0) and not (self.file and not m.chunk),
                   "offset %d, not %d" % (m.offset, self.end))]
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
        content = b""
        if os.path.exists(at):  # and was not deleted meanwhile
            with open(at, "rb") as f:
                content = f.read()
        tell("UPDATED", name=text(name), size=m.offset, disk=len(content), sha1=hashlib.sha1(content).hexdigest())


run(Client)
