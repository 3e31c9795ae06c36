"""What C filemq's client and server have in common: the messages, and the loop around a peer.

One message object serves for all that a peer hears and says, as in C: a message carries what another has left in it.
"""
import json
import os
import struct
import sys

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


def run(kind):
    """Runs a peer of that class, by the arguments and the lines of standard input."""
    context = zmq.Context()
    fixed, options = sys.argv[1:4], sys.argv[4:]
    peer = kind(context, *fixed, **dict(zip(options[::2], options[1::2])))
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
            read = os.read(sys.stdin.fileno(), 65536)
            if not read:
                break
            for word in read.decode().split():
                peer.command(word)
    peer.socket.close()
    context.term()
