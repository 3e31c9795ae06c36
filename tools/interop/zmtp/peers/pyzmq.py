#!/usr/bin/python3
"""A socket of libzmq, through pyzmq, for the tests of this folder and for the recorder of conversations.

  pyzmq.py KIND bind|connect ENDPOINT [OPTION VALUE]...

KIND is a kind of socket, DEALER for instance. The options:

  identity TEXT       the routing identity
  subscribe PREFIX
  heartbeat MS        ask for a sign of life that often
  username, password  be a client of PLAIN
  accept USER:PASS    be a server of PLAIN that admits this one
  secret, public KEY  our keys of CURVE, in Z85 as all keys here
  server KEY          be a client of CURVE, of the server with that public key
  admit KEY           be a server of CURVE that admits the client with that public key
  random SEED         take libsodium's randomness from a known source: for vectors, never for secrets
  echo 1              send back every message

Commands come on standard input, a line each, words separated by tabs; an octet of a frame is the character of that
number, and an empty word is an empty frame:

  send [FRAME]...     one message; of a ROUTER the first frame is the peer, as everywhere in ZeroMQ
  flood N [FRAME]...  N messages of those frames and one more, their number
  subscribe PREFIX | unsubscribe PREFIX
  draws               tell each thing that was drawn at random so far, as an event DRAW
  quit

Every event goes to standard output as one line of JSON: READY first, with the endpoint and libzmq's version, then
MESSAGE, and ADMITTED, REFUSED, UP and DOWN of connections.
"""
import ctypes
import hashlib
import json
import os
import sys

import zmq
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

STATES = {zmq.EVENT_HANDSHAKE_SUCCEEDED: "UP", zmq.EVENT_DISCONNECTED: "DOWN",
          zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "REFUSED", zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "REFUSED",
          zmq.EVENT_HANDSHAKE_FAILED_AUTH: "REFUSED"}


def tell(type, **more):
    print(json.dumps({"type": type, **more}), flush=True)


def octets(word):
    return word.encode("latin-1")


class Known:
    """A source of randomness for libsodium that anybody can repeat."""

    NAME = ctypes.CFUNCTYPE(ctypes.c_char_p)
    WORD = ctypes.CFUNCTYPE(ctypes.c_uint32)
    STIR = ctypes.CFUNCTYPE(None)
    BELOW = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32)
    FILL = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t)
    CLOSE = ctypes.CFUNCTYPE(ctypes.c_int)

    class Functions(ctypes.Structure):
        pass

    Functions._fields_ = [("name", NAME), ("word", WORD), ("stir", STIR),
                          ("below", BELOW), ("fill", FILL), ("close", CLOSE)]

    def __init__(self, seed):
        self.seed, self.draws = seed, []
        self.functions = Known.Functions(
            Known.NAME(lambda: b"known"), Known.WORD(lambda: int.from_bytes(self.draw(4), "big")),
            Known.STIR(lambda: None), Known.BELOW(),  # libsodium makes it of the others
            Known.FILL(lambda to, size: ctypes.memmove(to, self.draw(size), size) and None), Known.CLOSE(lambda: 0))
        if ctypes.CDLL("libsodium.so.23").randombytes_set_implementation(ctypes.byref(self.functions)) != 0:
            sys.exit("libsodium takes no other source of randomness")

    def draw(self, size):
        text = "%s %d" % (self.seed, len(self.draws))
        self.draws.append(hashlib.shake_256(text.encode()).digest(size))
        return self.draws[-1]


class Peer:
    def __init__(self, kind, how, endpoint, *options):
        o = self.options = dict(zip(options[::2], options[1::2]))
        self.context = zmq.Context()
        self.known = Known(o["random"]) if "random" in o else None
        self.socket = s = self.context.socket(getattr(zmq, kind))
        s.linger = 5000
        s.set_hwm(0)
        s.reconnect_ivl = 50
        if "identity" in o:
            s.identity = octets(o["identity"])
        if "subscribe" in o:
            s.subscribe(octets(o["subscribe"]))
        if "heartbeat" in o:
            s.heartbeat_ivl = int(o["heartbeat"])
            s.heartbeat_timeout = 20000
            s.heartbeat_ttl = 30000
        self.secure(o)
        self.states = s.get_monitor_socket(sum(STATES))
        if kind == "ROUTER":
            s.router_handover = 1
        getattr(s, how)(endpoint)
        tell("READY", addr=s.getsockopt_string(zmq.LAST_ENDPOINT), text=zmq.zmq_version())

    def secure(self, o):
        s = self.socket
        self.zap = None
        if "accept" in o or "admit" in o:
            self.zap = self.context.socket(zmq.REP)
            self.zap.linger = 0
            self.zap.bind("inproc://zeromq.zap.01")
        if "username" in o:
            s.plain_username, s.plain_password = octets(o["username"]), octets(o["password"])
        if "accept" in o:
            s.plain_server = 1
        if "secret" in o:
            s.curve_secretkey, s.curve_publickey = o["secret"].encode(), o["public"].encode()
        if "server" in o:
            s.curve_serverkey = o["server"].encode()
        if "admit" in o:
            s.curve_server = 1

    def judge(self):
        """Answers a question of ZAP (RFC 27)."""
        version, number, _, addr, _, mechanism, *shown = self.zap.recv_multipart()
        if mechanism == b"PLAIN":
            admitted = b":".join(shown) == octets(self.options["accept"])
        else:
            admitted = mechanism == b"CURVE" and z85.encode(shown[0]).decode() == self.options["admit"]
        tell("ADMITTED" if admitted else "REFUSED", addr=addr.decode(), text=mechanism.decode())
        code, text = (b"200", b"OK") if admitted else (b"400", b"No")
        self.zap.send_multipart([version, number, code, text, b"", b""])

    def take(self):
        for _ in range(100):
            try:
                frames = self.socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            if "echo" in self.options:
                self.socket.send_multipart(frames)
            else:
                tell("MESSAGE", msg=[f.decode("latin-1") for f in frames])

    def do(self, command, *words):
        frames = [octets(w) for w in words]
        if command == "send":
            self.socket.send_multipart(frames)
        elif command == "flood":
            for n in range(int(words[0])):
                self.socket.send_multipart(frames[1:] + [b"%d" % (n + 1)])
        elif command in ("subscribe", "unsubscribe"):
            getattr(self.socket, command)(*frames)
        elif command == "draws":
            for draw in list(self.known.draws):
                tell("DRAW", hex=draw.hex())
        elif command == "quit":
            self.socket.disable_monitor()
            for s in filter(None, (self.states, self.socket, self.zap)):
                s.close()
            self.context.term()
            os._exit(0)
        else:
            raise ValueError("no command %r" % command)

    def run(self):
        poller = zmq.Poller()
        for source in filter(None, (self.socket, self.states, self.zap, sys.stdin)):
            poller.register(source, zmq.POLLIN)
        lines = b""
        while True:
            ready = dict(poller.poll())
            if self.states in ready:
                tell(STATES[recv_monitor_message(self.states)["event"]])
            if self.zap in ready:
                self.judge()
            if self.socket in ready:
                self.take()
            if sys.stdin.fileno() in ready:
                read = os.read(sys.stdin.fileno(), 65536)
                if not read:
                    self.do("quit")
                *whole, lines = (lines + read).split(b"\n")
                for line in whole:
                    self.do(*line.decode().split("\t"))


Peer(*sys.argv[1:]).run()
