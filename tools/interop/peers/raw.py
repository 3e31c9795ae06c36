#!/usr/bin/python3
"""A peer that speaks ZRE/2 by hand, over pyzmq, for the tests of this folder.

  raw.py NAME ADDRESS BROADCAST UDP-PORT [KEY VALUE]...

It shares no code with the node under test, is strict about everything it
hears (what breaks a rule is an event FAULT), and breaks any rule when told to.
UDP-PORT 0: neither sends beacons nor hears them. Commands come on standard
input, a line each, words separated by tabs; an empty word is an empty frame:

  join GROUP | leave GROUP | shout GROUP [FRAME]... | whisper PEER [FRAME]...
  ping PEER            ask for a PING-OK
  hello PEER           a new life: connect anew and say HELLO
  mute | unmute        no beacons and no PING-OK, but the sockets stay
  status N             what the next JOIN or LEAVE adds 1 to
  skip PEER N          N sequence numbers are never sent
  flood PEER N         N whispers of one frame: their number
  send PEER ID HEX [FRAME]...   any command: number, octets of its fields
  raw PEER [HEX]...    any frames, not counted
  beacon UUID PORT     one beacon of anyone
  quit                 a beacon with port 0, and the end

Every event goes to standard output as one line of JSON.
"""
import json
import os
import socket
import struct
import sys
import time
import uuid

import zmq

HELLO, WHISPER, SHOUT, JOIN, LEAVE, PING, PING_OK, ELECT, LEADER, GOODBYE = range(1, 11)
COMMANDS = {HELLO: "HELLO", WHISPER: "WHISPER", SHOUT: "SHOUT", JOIN: "JOIN",
            LEAVE: "LEAVE", PING: "PING", PING_OK: "PING-OK", GOODBYE: "GOODBYE"}


def tell(type, peer=None, **more):
    more = {"type": type, "peer": peer.id.hex().upper() if peer else "", **more}
    if peer and peer.name is not None:
        more["name"] = peer.name
    print(json.dumps(more, ensure_ascii=False), flush=True)


def string(text):
    octets = text.encode()
    return struct.pack("!B", len(octets)) + octets


def longstr(text):
    octets = text.encode()
    return struct.pack("!I", len(octets)) + octets


class Fields:
    """Reads the fields of a frame; anything too short or left over is an error."""

    def __init__(self, frame):
        self.left = frame

    def octets(self, n):
        if len(self.left) < n:
            raise ValueError("%d octets where %d should be" % (len(self.left), n))
        taken, self.left = self.left[:n], self.left[n:]
        return taken

    def number(self, size):
        return int.from_bytes(self.octets(size), "big")

    def string(self, size=1):
        return self.octets(self.number(size)).decode("utf-8", "backslashreplace")

    def end(self):
        if self.left:
            raise ValueError("%d octets too many" % len(self.left))


class Peer:
    def __init__(self, node, id, endpoint):
        self.id, self.name = id, None
        self.heard = None    # sequence of the last message heard, once HELLO was
        self.said = 0        # of the last message sent
        self.status = 0      # that our counting expects
        self.groups = set()
        self.dealer = node.context.socket(zmq.DEALER)
        self.dealer.setsockopt(zmq.IDENTITY, b"\x01" + node.id)
        self.dealer.setsockopt(zmq.LINGER, 0)
        self.dealer.setsockopt(zmq.SNDHWM, 0)
        self.dealer.connect(endpoint)
        self.send(HELLO, string(node.endpoint) + struct.pack("!I", len(node.groups))
                  + b"".join(map(longstr, sorted(node.groups))) + struct.pack("!B", node.status)
                  + string(node.name) + struct.pack("!I", len(node.headers))
                  + b"".join(string(k) + longstr(v) for k, v in node.headers.items()))

    def send(self, command, fields=b"", frames=()):
        self.said = (self.said + 1) & 0xffff
        head = b"\xaa\xa1" + struct.pack("!BBH", command, 2, self.said)
        self.dealer.send_multipart([head + fields, *frames], zmq.NOBLOCK)


class Node:
    def __init__(self, name, address, broadcast, port, *pairs):
        self.name, self.id = name, uuid.uuid4().bytes
        self.headers = dict(zip(pairs[::2], pairs[1::2]))
        self.groups, self.status, self.peers, self.muted = set(), 0, {}, False
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self.router.setsockopt(zmq.LINGER, 0)
        self.tcp = self.router.bind_to_random_port("tcp://" + address, 49152, 65535, 1000)
        self.endpoint = "tcp://%s:%d" % (address, self.tcp)
        self.air = (broadcast, int(port))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT, socket.SO_BROADCAST):
            self.udp.setsockopt(socket.SOL_SOCKET, option, 1)
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if self.air[1]:
            self.udp.bind(("", self.air[1]))

    # --- the air

    def announce(self, id, port):
        if self.air[1]:
            self.out.sendto(b"ZRE\x01" + id + struct.pack("!H", port), self.air)

    def hear(self):
        octets, source = self.udp.recvfrom(2048)
        if len(octets) != 22 or octets[:4] != b"ZRE\x01" or octets[4:20] == self.id:
            return
        id, port = octets[4:20], int.from_bytes(octets[20:], "big")
        peer = self.peers.get(id)
        if port == 0:
            if peer:
                self.forget(peer, "goodbye")
        elif not peer:
            self.peers[id] = Peer(self, id, "tcp://%s:%d" % (source[0], port))

    def forget(self, peer, cause):
        del self.peers[peer.id]
        peer.dealer.close()
        tell("EXIT", peer, cause=cause)

    # --- the wire

    def take(self):
        identity, *frames = self.router.recv_multipart()
        if len(identity) != 17 or identity[:1] != b"\x01" or not frames:
            return tell("FAULT", text="identity %s, %d frames" % (identity.hex(), len(frames)))
        peer = self.peers.get(identity[1:])
        try:
            self.obey(identity[1:], peer, Fields(frames[0]), frames[1:])
        except ValueError as e:
            tell("FAULT", peer, text="%s: %s" % (frames[0].hex(), e))

    def obey(self, id, peer, fields, content):
        if fields.number(2) != 0xaaa1:
            raise ValueError("another protocol")
        command = fields.number(1)
        if fields.number(1) != 2:
            raise ValueError("another version")
        if command not in COMMANDS:
            raise ValueError("a command that ZRE/2 does not have")
        if content and command not in (WHISPER, SHOUT):
            raise ValueError("%d frames too many" % len(content))
        sequence = fields.number(2)
        if command == HELLO:
            return self.greeted(id, peer, sequence, fields)
        if command == GOODBYE and not peer:
            return  # its beacon was faster
        if not peer or peer.heard is None:
            return tell("IGNORED", peer, text=COMMANDS[command] + " before HELLO")
        if sequence != (peer.heard + 1) & 0xffff:
            tell("FAULT", peer, text="sequence %d after %d" % (sequence, peer.heard))
        peer.heard = sequence
        more = {"sequence": sequence}
        if command in (SHOUT, JOIN, LEAVE):
            more["group"] = fields.string()
        if command in (JOIN, LEAVE):
            more["status"] = fields.number(1)
            expected = (peer.status + 1) & 0xff
            if more["status"] != expected:
                tell("FAULT", peer, text="%s with status %d where %d was due"
                     % (COMMANDS[command], more["status"], expected))
            peer.status = more["status"]
            (peer.groups.add if command == JOIN else peer.groups.discard)(more["group"])
        fields.end()
        if command in (WHISPER, SHOUT):
            more["msg"] = [f.decode("utf-8", "backslashreplace") for f in content]
        tell(COMMANDS[command], peer, **more)
        if command == PING and not self.muted:
            peer.send(PING_OK)
        if command == GOODBYE:
            self.forget(peer, "goodbye")

    def greeted(self, id, peer, sequence, fields):
        if sequence != 1:
            raise ValueError("HELLO with sequence %d" % sequence)
        endpoint = fields.string()
        groups = [fields.string(4) for _ in range(fields.number(4))]
        status, name = fields.number(1), fields.string()
        headers = {}
        for _ in range(fields.number(4)):
            key = fields.string()
            headers[key] = fields.string(4)
        fields.end()
        if peer and peer.heard is not None:  # a new life: the old one ends
            self.forget(peer, "hello")
            peer = None
        if not peer:
            peer = self.peers[id] = Peer(self, id, endpoint)
        peer.heard, peer.status, peer.name, peer.groups = 1, status, name, set(groups)
        tell("ENTER", peer, addr=endpoint, headers=headers, status=status)
        for group in groups:
            tell("JOIN", peer, group=group, status=status)

    # --- the user

    def do(self, command, *words):
        if command in ("whisper", "ping", "hello", "skip", "flood", "send", "raw"):
            peer = self.peers[bytes.fromhex(words[0])]
        frames = [w.encode() for w in words[1:]]
        if command in ("join", "leave"):
            (self.groups.add if command == "join" else self.groups.discard)(words[0])
            self.status = (self.status + 1) & 0xff
            for peer in self.peers.values():
                peer.send(JOIN if command == "join" else LEAVE,
                          string(words[0]) + struct.pack("!B", self.status))
        elif command == "shout":
            for peer in self.peers.values():
                if words[0] in peer.groups:
                    peer.send(SHOUT, string(words[0]), frames)
        elif command == "whisper":
            peer.send(WHISPER, b"", frames)
        elif command == "ping":
            peer.send(PING)
        elif command == "hello":
            endpoint = peer.dealer.getsockopt_string(zmq.LAST_ENDPOINT)
            self.forget(peer, "hello")
            self.peers[peer.id] = Peer(self, peer.id, endpoint)
        elif command in ("mute", "unmute"):
            self.muted = command == "mute"
        elif command == "status":
            self.status = int(words[0])
        elif command == "skip":
            peer.said = (peer.said + int(words[1])) & 0xffff
        elif command == "flood":
            for n in range(int(words[1])):
                peer.send(WHISPER, b"", [b"%d" % (n + 1)])
        elif command == "send":
            peer.send(int(words[1]), bytes.fromhex(words[2]), frames[2:])
        elif command == "raw":
            peer.dealer.send_multipart([bytes.fromhex(w) for w in words[1:]])
        elif command == "beacon":
            self.announce(bytes.fromhex(words[0]), int(words[1]))
        elif command == "quit":
            self.announce(self.id, 0)
            os._exit(0)
        else:
            raise ValueError("no command %r" % command)

    def run(self):
        print(json.dumps({"type": "READY", "peer": self.id.hex().upper(), "addr": self.endpoint}), flush=True)
        poller = zmq.Poller()
        for source in (self.router, self.udp, sys.stdin):
            poller.register(source, zmq.POLLIN)
        lines, due = b"", 0.0
        while True:
            now = time.monotonic()
            if now >= due:
                due = now + 1
                if not self.muted:
                    self.announce(self.id, self.tcp)
            ready = dict(poller.poll(max(0, due - now) * 1000 + 1))
            if self.router in ready:
                self.take()
            if self.udp.fileno() in ready:
                self.hear()
            if sys.stdin.fileno() in ready:
                octets = os.read(sys.stdin.fileno(), 65536)
                if not octets:
                    self.do("quit")
                *whole, lines = (lines + octets).split(b"\n")
                for line in whole:
                    self.do(*line.decode().split("\t"))


Node(*sys.argv[1:]).run()
