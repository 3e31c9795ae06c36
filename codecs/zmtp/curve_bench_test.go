package zmtp

import (
	"strconv"
	"testing"
)

// BenchmarkHandshake is the processor time of both ends' part in a connection, their own keys being ready.
func BenchmarkHandshake(b *testing.B) {
	k := newCurveKeys(b)
	clientSecret, err := curveSecret(*k.client.secret)
	if err != nil {
		b.Fatal(err)
	}
	serverSecret, err := curveSecret(*k.server.secret)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		client, server := newCurveWith(k.clientEnd(), clientSecret), newCurveWith(k.serverEnd(), serverSecret)
		welcome := curveNext(b, server, curveFirst(b, client), false)
		ready := curveNext(b, server, curveNext(b, client, welcome, false), true)
		curveNext(b, client, ready, true)
	}
}

func benchmarkSizes(b *testing.B, run func(b *testing.B, size int)) {
	for _, size := range []int{100, 64 << 10} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			run(b, size)
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, size int) {
		c := newCurveCipher(new([32]byte), curveClientNonce, 0, curveServerNonce, 0)
		body, dst := make([]byte, size), make([]byte, 0, size+curveOverhead)
		for b.Loop() {
			c.seal(dst, flagMore, body)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, size int) {
		from := newCurveCipher(new([32]byte), curveClientNonce, 0, curveServerNonce, 0)
		to := newCurveCipher(new([32]byte), curveServerNonce, 0, curveClientNonce, 0)
		message, dst := from.seal(nil, flagMore, make([]byte, size)), make([]byte, 0, size)
		for b.Loop() {
			to.opening.last = 0 // takes the same one again
			if _, _, err := to.open(dst, message); err != nil {
				b.Fatal(err)
			}
		}
	})
}
