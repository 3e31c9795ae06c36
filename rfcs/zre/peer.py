#!/usr/bin/python3
"""A peer of gozyre/ZRE, version 2, written from its specification alone (§: its sections): peer.py NAME ADDRESS BROADCAST UDP-PORT [KEY VALUE]...
Commands on standard input, words separated by tabs: join GROUP, leave GROUP, shout GROUP [FRAME]..., whisper UUID [FRAME]..., quit.
Events on standard output, one line of JSON each. ValueError within means: it is not valid, and is discarded or ignored."""
import collections, contextlib, io, ipaddress, itertools, json, os, random, re, socket, sys, time, types, uuid, zmq
INTERVAL, EVASIVE, GRACE, EXPIRED, QUEUE, TIMEOUT = 1, 5, 1, 30, 3000, 5
PEERS, GREETED, HOLDS, ALL_HOLD, BURST, RATE = 300, 128, 1 << 20, 64 << 20, 1000, 500  # §5.4; a peer takes three of the 1024 files of a process
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
def where(endpoint, source, heard):  # the (address, port) to connect to for an endpoint in a HELLO that came from source (§6.2)
    parts, source = re.fullmatch(rb"tcp://(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*):([0-9]{1,5})", endpoint, re.S), ipaddress.ip_address(source)
    if not parts or not 1 <= int(parts[2]) <= 65535: refuse("endpoint")
    try: a = ipaddress.ip_address(show(parts[1]).strip("[]"))
    except ValueError: a = source
    at = str(a), int(parts[2])  # of a third host, unless its beacons come from there: not followed
    return at if a == source or at in heard and not a.is_unspecified | a.is_multicast else (str(source), at[1])
holds = lambda octets: sum(len(x) + 32 for x in octets)  # what is kept of a peer (§5.4)
class Node:
    def __init__(self, name, address, broadcast, udp_port, *headers):
        self.id, self.target, self.groups, self.status, self.peers = uuid.uuid4().bytes, (broadcast, int(udp_port)), {}, 0, {}
        self.name, headers = os.fsencode(name) or hexed(self.id)[:6].encode(), [*map(os.fsencode, headers)]
        self.headers, self.clock, self.discarded = dict(zip(headers[::2], headers[1::2], strict=True)), 0.0, 0
        self.fresh, self.rests = BURST, {}  # how many may be met now; endpoints where nobody answered: (until when they rest, for how long)
        self.router = zmq.Context().socket(zmq.ROUTER)
        self.router.router_handover, self.router.maxmsgsize, self.router.linger = 1, 64 << 20, 0
        self.router.routing_id = b"\1" + self.id  # who connects learns who is here (§4.1)
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
    def greet(self, id, endpoint, unanswered, old=None):  # connects to an unknown peer, or anew, and says HELLO; None: it cannot
        if len(self.peers) >= PEERS or endpoint == self.own or not old and self.fresh < 1: return None
        self.fresh -= not old
        dealer = self.router.context.socket(zmq.DEALER)
        dealer.routing_id, dealer.sndhwm, dealer.linger, dealer.rcvhwm, dealer.ipv6 = b"\1" + self.id, QUEUE, 0, 1, ":" in endpoint[0]
        dealer.connect(("tcp://[%s]:%d" if ":" in endpoint[0] else "tcp://%s:%d") % endpoint)
        p = self.peers[id] = types.SimpleNamespace(id=id, endpoint=endpoint, dealer=dealer, unanswered=unanswered, ready=False, groups={},
            sent=itertools.count(1), since=self.clock, seen=self.clock, room=self.clock, here=self.clock, met=old.met if old and not old.ready else self.clock,
            asked=0, doubt=None, owed=[], asks=collections.deque(maxlen=64), heard=old.heard if old else {}, holds=0)
        # doubt: (when, why). here: when it was last heard where we are connected to, or answered. asked: 1 EVASIVE, 2 SILENT too. asks: the
        # sequences of its PINGs and PING-OKs. heard: the endpoints of its beacons, the last one last
        return self.send(p, self.hello()) or p
    def send(self, p, *frames):
        try: p.dealer.send_multipart([frames[0][:4] + (next(p.sent) % 65536).to_bytes(2, "big") + frames[0][6:], *frames[1:]], zmq.NOBLOCK)
        except zmq.ZMQError: self.end(p, "takes no messages")
    def end(self, p, why, again=False):
        if self.peers.get(p.id) is not p: return
        self.peers.pop(p.id).dealer.close(0)
        if p.ready: self.tell("EXIT", p, why=why)
        if again and self.clock - p.since >= GRACE: self.greet(p.id, p.endpoint, p.unanswered + 1, p)  # §7.3
    def anew(self, p, endpoint, why):  # another DEALER and HELLO
        if self.peers.get(p.id) is p: self.end(p, why), self.greet(p.id, endpoint, p.unanswered + 1, p)
    def suspect(self, p, seconds, why):
        if not p.doubt: p.doubt, p.owed = (self.clock + seconds, why), p.owed + [PING]
    def vacate(self, id, endpoint, doubtful):  # whether no other peer is at the endpoint, or is no longer (§6.4)
        old = next((p for p in self.peers.values() if p.endpoint == endpoint and p.id != id), None)
        if old and old.ready and doubtful: return self.suspect(old, GRACE, "replaced at its endpoint")
        return not old or not self.end(old, "replaced at its endpoint")
    def place(self, host):  # whether a peer may be greeted that is known by a beacon only, which anybody can forge (§5.4)
        crowd = [p for p in self.peers.values() if not p.ready]  # oldest first
        if len(crowd) >= GREETED // 2 and sum(p.endpoint[0] == host for p in crowd) >= GREETED // 4: return False
        late = next((p for p in crowd if self.clock - p.met >= GRACE), None)
        return len(crowd) < GREETED or bool(late) and not self.end(late, "no answer")
    def on_beacon(self, data, source):
        id, endpoint, p = data[4:20], (source[0], int.from_bytes(data[20:], "big")), self.peers.get(data[4:20])
        if len(data) != 22 or data[:4] != b"ZRE\1" or id == self.id or endpoint == self.own: return
        if p and endpoint[1]:
            p.seen, p.asked, why = self.clock, 0 if p.ready else p.asked, p.doubt and p.doubt[1]
            if why == "goodbye" or why == "moved" and endpoint == p.endpoint: p.doubt = None
            p.heard.pop(endpoint, 0)
            p.heard = dict([*p.heard.items(), (endpoint, self.clock)][-8:])
            if endpoint == p.endpoint: p.here = self.clock
            elif p.ready and endpoint[0] == p.endpoint[0] and self.clock - p.here >= GRACE: self.suspect(p, GRACE, "moved")  # another port
        elif p and p.ready: self.suspect(p, 1.5, "goodbye")
        elif not p and endpoint[1] and self.clock >= self.rests.get(endpoint, [0])[0] and self.vacate(id, endpoint, True) and self.place(source[0]):
            p = self.greet(id, endpoint, 1)
            if p: p.heard[endpoint] = self.clock
    def on_hello(self, id, values, source):
        (endpoint, groups, status, name, headers), p = values, self.peers.get(id)
        at, size = where(endpoint, source, p.heard if p else ()), holds(groups) + holds(itertools.chain(*headers))
        if size > HOLDS or size + sum(q.holds for q in self.peers.values() if q is not p) > ALL_HOLD or len(groups) > 4096 or not all(0 < len(g) < 256 for g in groups) or at == self.own: refuse("unusable")
        fresh = not p or p.ready and not (p.unanswered and self.clock - p.since <= 2 * GRACE)  # §6.5
        if fresh and not self.vacate(id, at, source != at[0]): refuse("endpoint of another")
        if p and p.ready: self.end(p, "began anew") if fresh else self.tell("EXIT", p, why="began anew")
        if fresh: p = self.greet(id, at, max(p.unanswered, 1) if p else 0, p) or refuse("too many peers")
        else: p.unanswered = max(p.unanswered - 1, 0)
        self.rests.pop(p.endpoint, 0), p.asks.clear()
        p.ready, p.holds, p.asked, p.doubt, p.here, p.got, p.since, p.seen, p.status = True, size, 0, None, self.clock, 1, self.clock, self.clock, status
        p.name, p.groups = name or hexed(id)[:6].encode(), dict.fromkeys(groups)
        self.tell("ENTER", p, addr=show(endpoint), headers={show(k): show(v) for k, v in headers}, status=status)
        for group in p.groups: self.tell("JOIN", p, group=show(group), status=status)
    def on_message(self, identity, *frames):  # §7.1
        id, source, coming = identity.bytes[1:], frames and frames[0].get("Peer-Address"), decode([frame.bytes for frame in frames])
        if len(id) != 16 or identity.bytes[0] != 1 or id == self.id: refuse("identity")
        (command, sequence), p = next(coming), self.peers.get(id)
        if command == HELLO and sequence == 1: return self.on_hello(id, next(coming)[0], source)
        if p and not p.ready and command != HELLO:  # does it know us, and waits for nothing? It answers PING only then (§6.5)
            if command == PING_OK and p.asked: return self.anew(p, p.endpoint, "did not answer HELLO")
            if not p.asked and self.clock - p.since >= GRACE: p.asked, p.owed = 1, p.owed + [PING]
        if command == HELLO or not p or not p.ready: refuse("not expected")
        if not (again := command in (PING, PING_OK) and sequence in p.asks):  # these may be said again, as a peer that moves does (§6.3)
            if not follows(sequence, p.got, 65536): return self.end(p, "messages lost", True)
            p.got = sequence
            if command in (PING, PING_OK): p.asks.append(sequence)
        p.seen, p.asked = self.clock, 0
        values, content = next(coming)
        if command == WHISPER or command == SHOUT and values[0] in self.groups:
            self.tell("SHOUT" if values else "WHISPER", p, **{"group": show(g) for g in values}, msg=[*map(show, content)])
        elif command in (JOIN, LEAVE):
            if not follows(values[1], p.status, 256) or len(p.groups) > 4096: return self.end(p, "messages lost", True)
            group, p.status = values
            if group and (group in p.groups) == (command == LEAVE):
                p.holds += holds([group]) * (1 if command == JOIN else -1)
                if p.holds > HOLDS: return self.end(p, "misbehaved")
                p.groups.pop(group) if command == LEAVE else p.groups.setdefault(group)
                self.tell("LEAVE" if command == LEAVE else "JOIN", p, group=show(group), status=p.status)
        elif command == PING and len(p.owed) < 64: p.owed.append(PING_OK)
        elif command == PING_OK: p.doubt, p.here = None, self.clock
        elif command == GOODBYE: self.end(p, "goodbye")
    def interval(self): return min(max(INTERVAL, 0.035 * (1 + sum(p.ready for p in self.peers.values()))), 0.8 * EVASIVE)  # §2, §5.1
    def patience(self, p):  # how long it may be quiet: where beacons are rare two may be missed, and not all ask at once (§9)
        rare = max(min(2.2 * self.interval(), EXPIRED / 2) - EVASIVE, 0)
        return EVASIVE + rare * (1 + (p.id[0] ^ self.id[0]) / 1024)
    def judge(self, p):  # what time does to a peer (§9, §5.3, §5.4); sends what is owed to it
        silence, patience, others = self.clock - p.seen, self.patience(p), [at for at in reversed(p.heard) if at != p.endpoint]
        if p.ready and silence >= patience and not p.asked: p.asked, p.owed = 1, p.owed + [PING] + (self.tell("EVASIVE", p) or [])
        if p.ready and silence >= patience + GRACE and p.asked == 1: p.asked = 2 + (self.tell("SILENT", p) or 0)
        if p.ready and others and self.clock - p.heard[others[0]] < EVASIVE <= self.clock - p.here: self.suspect(p, GRACE, "moved")  # heard, but not from there (§6.3)
        elif not p.ready and others and self.clock - p.since >= 2 * GRACE: return self.anew(p, others[-1], "elsewhere")
        if p.dealer.events & zmq.POLLOUT: p.room = self.clock
        while p.owed and not p.dealer.closed and p.dealer.events & zmq.POLLOUT: self.send(p, message(p.owed.pop(0)))
        if p.doubt and self.clock >= p.doubt[0]:
            if p.doubt[1] == "moved" and others: return self.anew(p, others[0], "moved")
            return self.end(p, p.doubt[1])
        quiet, most = (p.seen, EXPIRED) if p.ready else (p.met, 2 * EVASIVE)
        if not p.ready and self.clock - quiet >= most:  # it is not helped by being greeted again and again (§5.4)
            wait = min(2 * self.rests.pop(p.endpoint, (0, 1))[1], 30)
            self.rests = dict([*self.rests.items(), (p.endpoint, (self.clock + wait, wait))][-1000:])
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
        print(json.dumps({"type": "READY", "peer": hexed(self.id), "addr": "tcp://%s:%d" % self.own}), flush=True)
        lines, part, due, now = [], b"", 0.0, time.monotonic()
        while not (room := all(p.dealer.events & zmq.POLLOUT for p in self.peers.values())) or lines[:1] != [b"quit"]:
            there, _, ended = zmq.select([self.router, self.udp, *[0][:not lines]], [], [0][:not lines], 0.1 if not lines else 0 if room else 0.01)
            self.clock, now = self.clock + (passed := min(time.monotonic() - now, 0.5)), time.monotonic()  # stands still while the node does not run
            self.fresh = min(self.fresh + RATE * passed, BURST)
            if now >= due: due = now + self.interval() * random.uniform(0.9, 1.1) + (self.beacon(self.own[1]) or 0)
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
