#!/usr/bin/python3
"""A peer of gozyre/ZRE, version 2, written from its specification alone (§: its sections): peer.py NAME ADDRESS BROADCAST UDP-PORT [KEY VALUE]...
Commands on standard input, words separated by tabs: join GROUP, leave GROUP, shout GROUP [FRAME]..., whisper UUID [FRAME]..., quit.
Events on standard output, one line of JSON each. ValueError within means: it is not valid, and is discarded or ignored."""
import contextlib, io, ipaddress, itertools, json, os, random, re, socket, sys, time, types, uuid, zmq
INTERVAL, EVASIVE, GRACE, EXPIRED, QUEUE, TIMEOUT = 1, 5, 1, 30, 3000, 5
HELLO, WHISPER, SHOUT, JOIN, LEAVE, PING, PING_OK, ELECT, LEADER, GOODBYE = range(1, 11)
FIELDS = dict(zip(range(1, 11), ("ogntH", "", "t", "tn", "tn", "", "", "to", "to", "")))  # octets, groups, number, text, Headers
hexed, show = lambda id: id.hex().upper(), lambda octets: octets.decode("utf-8", "backslashreplace")
follows = lambda new, old, size: new == (old + 1) % size or new == 0 and old == size - 2  # §7.3, §8.1, §12
long, short = lambda x: len(x).to_bytes(4, "big") + x, lambda x: bytes([len(x)]) + x  # ValueError: more than 255
message = lambda command, *fields: bytes([0xAA, 0xA1, command, 2, 0, 0]) + b"".join(fields)  # Node.send puts the sequence in
text = lambda octets: refuse("NUL") if 0 in octets else octets
def refuse(why): raise ValueError(why)
def decode(frames):  # yields (command, sequence), then (fields, frames of content): the sequence counts where the rest is malformed
    if not frames or len(frames[0]) < 6 or frames[0][:2] != b"\xaa\xa1" or frames[0][3] != 2: refuse("no message of ZRE/2")
    command, octets = frames[0][2], io.BytesIO(frames[0][6:])
    yield command, int.from_bytes(frames[0][4:6], "big")
    take = lambda size: taken if len(taken := octets.read(size)) == size else refuse("truncated")  # read reserves no more than there is
    number = lambda size: int.from_bytes(take(size), "big")
    kinds = {"n": lambda: number(1), "o": lambda: take(number(1)), "t": lambda: text(take(number(1))),
             "g": lambda: [text(take(number(4))) for _ in range(number(4))],
             "H": lambda: [(text(take(number(1))), take(number(4))) for _ in range(number(4))]}
    values = [kinds[kind]() for kind in FIELDS.get(command) or ""]
    if command not in FIELDS or octets.read(1) or frames[1:] and command not in (WHISPER, SHOUT): refuse("unknown or trailing")
    yield values, frames[1:]
def where(endpoint, source):  # the (address, port) to connect to for an endpoint in a HELLO that came from source (§6.2)
    parts, source = re.fullmatch(rb"tcp://(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*):([0-9]{1,5})", endpoint, re.S), ipaddress.ip_address(source)
    if not parts or not 1 <= int(parts[2]) <= 65535: refuse("endpoint")
    try: a = ipaddress.ip_address(show(parts[1]).strip("[]"))
    except ValueError: a = source
    return str(source if a.is_unspecified or a.is_multicast or a.is_loopback and not source.is_loopback else a), int(parts[2])
class Node:
    def __init__(self, name, address, broadcast, udp_port, *headers):
        self.id, self.target, self.groups, self.status, self.peers = uuid.uuid4().bytes, (broadcast, int(udp_port)), {}, 0, {}
        self.name, headers = os.fsencode(name) or hexed(self.id)[:6].encode(), [*map(os.fsencode, headers)]
        self.headers, self.clock, self.discarded = dict(zip(headers[::2], headers[1::2], strict=True)), 0.0, 0
        self.router = zmq.Context().socket(zmq.ROUTER)
        self.router.router_handover, self.router.maxmsgsize, self.router.linger = 1, 64 << 20, 0
        self.own = address, self.router.bind_to_random_port("tcp://" + address, 49153, 65536, 1000)
        if b"" in self.headers or len(self.hello()) > 1 << 20: refuse("headers")
        self.udp, self.out = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) for _ in range(2))
        for s, at in ((self.udp, ("0.0.0.0", self.target[1])), (self.out, (address, 0))):
            for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT, socket.SO_BROADCAST): s.setsockopt(socket.SOL_SOCKET, option, 1)
            s.bind(at)
    def beacon(self, port):
        with contextlib.suppress(OSError): self.out.sendto(b"ZRE\1" + self.id + port.to_bytes(2, "big"), self.target)
    def hello(self):
        groups, headers = ([len(x).to_bytes(4, "big")] for x in (self.groups, self.headers))
        return message(HELLO, short(b"tcp://%s:%d" % (self.own[0].encode(), self.own[1])), *groups, *map(long, self.groups), bytes([self.status]),
                       short(self.name), *headers, *(short(text(k)) + long(v) for k, v in self.headers.items()))
    def tell(self, event, p, **more): print(json.dumps({"type": event, "peer": hexed(p.id), "name": show(p.name), **more}), flush=True)
    def greet(self, id, endpoint, unanswered):  # connects to an unknown peer and says HELLO; None: it cannot
        if len(self.peers) >= 300 or endpoint == self.own: return None  # a peer takes three of the 1024 files of a process
        dealer = self.router.context.socket(zmq.DEALER)
        dealer.routing_id, dealer.sndhwm, dealer.linger, dealer.rcvhwm, dealer.ipv6 = b"\1" + self.id, QUEUE, 0, 1, ":" in endpoint[0]
        dealer.connect(("tcp://[%s]:%d" if ":" in endpoint[0] else "tcp://%s:%d") % endpoint)
        p = self.peers[id] = types.SimpleNamespace(id=id, endpoint=endpoint, dealer=dealer, unanswered=unanswered, ready=False, groups={},
            sent=itertools.count(1), since=self.clock, seen=self.clock, room=self.clock, asked=False, doubt=None, owed=[])  # doubt: (when, why)
        return self.send(p, self.hello()) or p
    def send(self, p, *frames):
        try: p.dealer.send_multipart([frames[0][:4] + (next(p.sent) % 65536).to_bytes(2, "big") + frames[0][6:], *frames[1:]], zmq.NOBLOCK)
        except zmq.ZMQError: self.end(p, "takes no messages")
    def end(self, p, why, again=False):
        if self.peers.get(p.id) is not p: return
        self.peers.pop(p.id).dealer.close(0)
        if p.ready: self.tell("EXIT", p, why=why)
        if again and self.clock - p.since >= GRACE: self.greet(p.id, p.endpoint, p.unanswered + 1)  # §7.3
    def suspect(self, p, seconds, why):
        if not p.doubt: p.doubt, p.owed = (self.clock + seconds, why), p.owed + [PING]
    def vacate(self, id, endpoint, doubtful):  # whether no other peer is at the endpoint, or is no longer (§6.4)
        old = next((p for p in self.peers.values() if p.endpoint == endpoint and p.id != id), None)
        if old and old.ready and doubtful: return self.suspect(old, GRACE, "replaced at its endpoint")
        return not old or not self.end(old, "replaced at its endpoint")
    def on_beacon(self, data, source):
        if len(data) != 22 or data[:4] != b"ZRE\1" or data[4:20] == self.id: return
        id, endpoint, p = data[4:20], (source[0], int.from_bytes(data[20:], "big")), self.peers.get(data[4:20])
        if p and endpoint[1]: p.seen, p.asked, p.doubt = self.clock, False, None if p.doubt and p.doubt[1] == "goodbye" else p.doubt
        elif p and p.ready: self.suspect(p, 1.5, "goodbye")
        elif not p and endpoint[1] and sum(not q.ready for q in self.peers.values()) < 128 and self.vacate(id, endpoint, True):  # §5.4
            self.greet(id, endpoint, 1)
    def on_hello(self, id, values, source):
        (endpoint, groups, status, name, headers), p, at = values, self.peers.get(id), where(values[0], source)
        if len(groups) > 4096 or not all(0 < len(g) < 256 for g in groups) or at == self.own: refuse("unusable")
        fresh = not p or p.ready and not (p.unanswered and self.clock - p.since <= 2 * GRACE)  # §6.5
        if fresh and not self.vacate(id, at, source != at[0]): refuse("endpoint of another")
        if p and p.ready: self.end(p, "began anew") if fresh else self.tell("EXIT", p, why="began anew")
        if fresh: p = self.greet(id, at, max(p.unanswered, 1) if p else 0) or refuse("too many peers")
        else: p.unanswered = max(p.unanswered - 1, 0)
        p.ready, p.asked, p.doubt, p.got, p.since, p.seen, p.status = True, False, None, 1, self.clock, self.clock, status
        p.name, p.groups = name or hexed(id)[:6].encode(), dict.fromkeys(groups)
        self.tell("ENTER", p, addr=show(endpoint), headers={show(k): show(v) for k, v in headers}, status=status)
        for group in p.groups: self.tell("JOIN", p, group=show(group), status=status)
    def on_message(self, identity, *frames):  # §7.1
        id, source, coming = identity.bytes[1:], frames and frames[0].get("Peer-Address"), decode([frame.bytes for frame in frames])
        if len(id) != 16 or identity.bytes[0] != 1 or id == self.id: refuse("identity")
        (command, sequence), p = next(coming), self.peers.get(id)
        if command == HELLO and sequence == 1: return self.on_hello(id, next(coming)[0], source)
        if command == HELLO or not p or not p.ready: refuse("not expected")
        if not follows(sequence, p.got, 65536): return self.end(p, "messages lost", True)
        p.got, p.seen, p.asked = sequence, self.clock, False
        values, content = next(coming)
        if command == WHISPER or command == SHOUT and values[0] in self.groups:
            self.tell("SHOUT" if values else "WHISPER", p, **{"group": show(g) for g in values}, msg=[*map(show, content)])
        elif command in (JOIN, LEAVE):
            if not follows(values[1], p.status, 256) or len(p.groups) > 4096: return self.end(p, "messages lost", True)
            group, p.status = values
            if group and (group in p.groups) == (command == LEAVE):
                p.groups.pop(group) if command == LEAVE else p.groups.setdefault(group)
                self.tell("LEAVE" if command == LEAVE else "JOIN", p, group=show(group), status=p.status)
        elif command == PING and len(p.owed) < 64: p.owed.append(PING_OK)
        elif command == PING_OK: p.doubt = None
        elif command == GOODBYE: self.end(p, "goodbye")
    def judge(self, p):  # what time does to a peer (§9, §5.3, §5.4); sends what is owed to it
        if p.ready and self.clock - p.seen >= EVASIVE and not p.asked: p.asked, p.owed = True, p.owed + [PING]
        if p.dealer.events & zmq.POLLOUT: p.room = self.clock
        while p.owed and not p.dealer.closed and p.dealer.events & zmq.POLLOUT: self.send(p, message(p.owed.pop(0)))
        if p.doubt and self.clock >= p.doubt[0]: self.end(p, p.doubt[1])
        quiet, most = (p.seen, EXPIRED) if p.ready else (p.since, 2 * EVASIVE)
        if self.clock - quiet >= most or self.clock - p.room >= TIMEOUT: self.end(p, "quiet for too long, or takes no messages")
    def obey(self, word, first=b"", *frames):
        peers, head, leave = [*self.peers.values()], b"", word == b"leave"
        if word == b"shout": head, peers = message(SHOUT, short(text(first))), [p for p in peers if p.ready and first in p.groups]
        elif word == b"whisper": head, peers = message(WHISPER), [p for p in peers if p.ready and hexed(p.id).encode() == first]
        elif (leave or word == b"join" and len(self.groups) < 3000) and short(text(first)) > b"\0" and leave == (first in self.groups):
            self.groups.pop(first) if leave else self.groups.setdefault(first)
            self.status, frames = (self.status + 1) % 256, ()
            head = message(LEAVE if leave else JOIN, short(first), bytes([self.status]))
        if not head or len(frames) > 999 or sum(map(len, frames)) > 63 << 20: refuse("not possible")
        for p in peers: self.send(p, head, *frames)
    def run(self):
        print(json.dumps({"type": "READY", "peer": hexed(self.id)}), flush=True)
        lines, part, due, now = [], b"", 0.0, time.monotonic()
        while not (room := all(p.dealer.events & zmq.POLLOUT for p in self.peers.values())) or lines[:1] != [b"quit"]:
            there, _, ended = zmq.select([self.router, self.udp, *[0][:not lines]], [], [0][:not lines], 0.1 if not lines else 0 if room else 0.01)
            self.clock, now = self.clock + min(time.monotonic() - now, 0.5), time.monotonic()  # stands still while the node does not run
            if now >= due: due = now + INTERVAL * random.uniform(0.9, 1.1) + (self.beacon(self.own[1]) or 0)
            if 0 in there + ended: *lines, part = (part + (os.read(0, 1 << 20) or b"\nquit\n")).split(b"\n")
            try:
                if self.udp.fileno() in there: self.on_beacon(*self.udp.recvfrom(64))
                if room and lines and lines[0] != b"quit": self.obey(*lines.pop(0).split(b"\t"))
                if self.router in there: self.on_message(*self.router.recv_multipart(copy=False))
            except (ValueError, BlockingIOError, zmq.ZMQError): self.discarded += 1
            for p in [*self.peers.values()]: self.judge(p)
if __name__ == "__main__":
    node = Node(*sys.argv[1:])
    try: node.run()
    finally:
        for p in [*node.peers.values()]: node.send(p, message(GOODBYE)), p.dealer.close(1000)
        node.beacon(0), node.router.close(), node.router.context.term()
