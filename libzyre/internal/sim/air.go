package sim

import "time"

// The times of IEEE 802.11g with short slots, which an access point uses when no
// older device is near. (At 2.4 GHz 6 µs of quiet follow each frame in addition;
// these are not counted.)
const (
	slot     = 9 * time.Microsecond
	sifs     = 10 * time.Microsecond
	difs     = sifs + 2*slot          // 28 µs
	backoff  = 15 * slot / 2          // mean of 0 to 15 slots
	preamble = 20 * time.Microsecond  // of an OFDM frame
	symbol   = 4 * time.Microsecond   // OFDM
	fastBits = 216                    // of a symbol at 54 Mbit/s
	slowBits = 24                     // at 6 Mbit/s, the slow rate for broadcasts
	ackBits  = 96                     // at 24 Mbit/s
	around   = 22                     // service and tail bits of a frame
	macSize  = 36                     // MAC header, LLC and checksum
	udpSize  = 28                     // IP and UDP headers
	tcpSize  = 52                     // IP and TCP headers, with time stamps
	most     = 1460                   // octets of a TCP segment
	patience = 200 * time.Millisecond // what an access point lets wait before it drops
)

// air is the one thing that all on an access point share: one frame is sent at a time.
type air struct {
	free             int64         // when it is
	beacons, streams time.Duration // airtime of broadcasts, of TCP
	frames, dropped  uint64
}

func frameTime(octets, bitsPerSymbol int) time.Duration {
	symbols := (around + 8*octets + bitsPerSymbol - 1) / bitsPerSymbol
	return preamble + time.Duration(symbols)*symbol
}

// unicastTime is a frame that the receiver acknowledges, at the fast rate. Who finds
// the air free need not draw a back-off.
func unicastTime(octets int) time.Duration {
	return difs + frameTime(octets+macSize, fastBits) + sifs + frameTime(14, ackBits)
}

// broadcastTime is the access point's frame to all, at the slow rate, which nobody
// acknowledges. The air was just in use: it has to draw a back-off.
func broadcastTime(octets int) time.Duration {
	return difs + backoff + frameTime(octets+macSize, slowBits)
}

// BeaconAir is the airtime of one broadcast datagram: from the client to the access
// point, as any frame to it, and from there to all.
func BeaconAir(octets int) time.Duration {
	return unicastTime(octets+udpSize) + broadcastTime(octets+udpSize)
}

// streamAir is the airtime of a message over TCP: everything is sent twice, from client
// to access point and from there to the other client, and two segments are
// acknowledged by one.
func streamAir(octets int) time.Duration {
	segments := max(1, (octets+most-1)/most)
	last := octets - (segments-1)*most
	t := time.Duration(segments-1)*unicastTime(most+tcpSize) + unicastTime(last+tcpSize)
	t += time.Duration((segments+1)/2) * unicastTime(tcpSize)
	return 2 * (t + time.Duration(segments)*backoff)
}

// take uses the air for so long from now on, and says when that is over. Who would
// have to wait too long is dropped.
func (a *air) take(now int64, t time.Duration, sum *time.Duration) (end int64, ok bool) {
	a.frames++
	if a.free < now {
		a.free = now
	}
	if a.free-now > int64(patience) {
		a.dropped++
		return 0, false
	}
	a.free += int64(t)
	*sum += t
	return a.free, true
}
