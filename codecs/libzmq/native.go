package libzmq

/*
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

// One frame that gz_recv copied out. The address, if any, stands in the buffer before the frame's octets.
typedef struct {
	uint32_t size;
	uint16_t addr;
	uint16_t more;
} gz_frame;

// What a socket keeps between two calls of gz_recv.
typedef struct {
	zmq_msg_t msg;
	int held;   // msg has a frame that did not fit
	int inside; // the next frame is not the first of its message
} gz_rx;

// gz_recv copies frames into buf until the socket is empty, buf or frames are full, or messages are complete.
// *err is EAGAIN when the socket is empty, EMSGSIZE when the next frame is larger than all of buf (its size is in *size, and
// its address in buf and frames[0]),
// 0 when something else ran out.
static int gz_recv(void *socket, gz_rx *rx, uint8_t *buf, size_t cap, gz_frame *frames, int max, int messages, int *err, uint64_t *size) {
	size_t used = 0;
	int n = 0;
	*err = 0;
	while (n < max && messages > 0) {
		if (!rx->held) {
			zmq_msg_init(&rx->msg);
			if (zmq_msg_recv(&rx->msg, socket, ZMQ_DONTWAIT) < 0) {
				int e = zmq_errno();
				zmq_msg_close(&rx->msg);
				if (e == EINTR)
					continue;
				*err = e;
				break;
			}
			rx->held = 1;
		}
		const char *addr = rx->inside ? NULL : zmq_msg_gets(&rx->msg, "Peer-Address");
		size_t alen = addr ? strlen(addr) : 0;
		if (alen > 64)
			alen = 0;
		size_t len = zmq_msg_size(&rx->msg);
		if (used + alen + len > cap) {
			if (used == 0) {
				if (alen)
					memcpy(buf, addr, alen);
				frames[0].addr = alen;
				*err = EMSGSIZE;
				*size = len;
			}
			break;
		}
		if (alen)
			memcpy(buf + used, addr, alen);
		memcpy(buf + used + alen, zmq_msg_data(&rx->msg), len);
		used += alen + len;
		frames[n].size = len;
		frames[n].addr = alen;
		rx->inside = frames[n].more = zmq_msg_more(&rx->msg);
		n++;
		if (!rx->inside)
			messages--;
		zmq_msg_close(&rx->msg);
		rx->held = 0;
	}
	return n;
}

// gz_take copies the frame for which gz_recv said EMSGSIZE into buf; NULL forgets it. It returns whether more frames follow.
static int gz_take(gz_rx *rx, uint8_t *buf) {
	if (buf)
		memcpy(buf, zmq_msg_data(&rx->msg), zmq_msg_size(&rx->msg));
	rx->inside = zmq_msg_more(&rx->msg);
	zmq_msg_close(&rx->msg);
	rx->held = 0;
	return rx->inside;
}

static int gz_frame_send(void *socket, const uint8_t *p, size_t len, int flags) {
	while (zmq_send(socket, p, len, flags | ZMQ_DONTWAIT) < 0) {
		int e = zmq_errno();
		if (e != EINTR)
			return e;
	}
	return 0;
}

// gz_send sends n frames that lie one behind the other as one message. When a later frame fails, libzmq has rolled the
// message back and swallows its remaining frames, so they are offered all the same.
static int gz_send(void *socket, const uint8_t *p, const uint32_t *sizes, int n) {
	int err = 0;
	for (int i = 0; i < n; i++) {
		int e = gz_frame_send(socket, p, sizes[i], i < n - 1 ? ZMQ_SNDMORE : 0);
		if (e && !err)
			err = e;
		if (e && i == 0)
			return e;
		p += sizes[i];
	}
	return err;
}

static int gz_events(void *socket) {
	int events = 0;
	size_t len = sizeof events;
	while (zmq_getsockopt(socket, ZMQ_EVENTS, &events, &len) < 0)
		if (zmq_errno() != EINTR)
			return -1;
	return events;
}

static int gz_item(void *socket, zmq_pollitem_t *item) {
	size_t len = sizeof item->fd;
	memset(item, 0, sizeof *item);
	item->events = ZMQ_POLLIN;
	return zmq_getsockopt(socket, ZMQ_FD, &item->fd, &len);
}

static int gz_poll(zmq_pollitem_t *items, int n, long timeout) {
	int rc = zmq_poll(items, n, timeout);
	return rc < 0 ? -zmq_errno() : rc;
}

// The header names this option, ZMQ_ZERO_COPY_RECV, only in builds with drafts, though every libzmq from 4.3.1 on knows it.
static int gz_copy_on_receive(void *ctx) { return zmq_ctx_set(ctx, 10, 0); }

// Likewise this one, ZMQ_ZAP_ENFORCE_DOMAIN, which came with 4.3.0.
static int gz_enforce_domain(void *socket) {
	int on = 1;
	return zmq_setsockopt(socket, 93, &on, sizeof on);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"syscall"
	"unsafe"

	"github.com/pebbe/zmq4"
)

// native is a socket as C sees it. pebbe/zmq4 makes, configures and closes it; frames go past it, because it needs
// four or five calls into C for a frame where one for a batch of them will do.
type native struct {
	p    unsafe.Pointer
	item C.zmq_pollitem_t // of the socket's descriptor
	rx   *C.gz_rx
}

// nativeOf finds the C socket of a pebbe socket, whose field has no accessor.
func nativeOf(s *zmq4.Socket) (native, error) {
	n := native{p: pointer(s, "soc")}
	if n.p == nil {
		return native{}, errors.New("libzmq: this release of github.com/pebbe/zmq4 keeps its socket elsewhere: build with v1.4.0")
	}
	if rc := C.gz_item(n.p, &n.item); rc != 0 {
		return native{}, errors.New("libzmq: cannot get the descriptor of a socket")
	}
	return n, nil
}

// pointer reads a field of pebbe's that holds a C pointer; nil if there is none.
func pointer(of any, field string) unsafe.Pointer {
	f := reflect.ValueOf(of).Elem().FieldByName(field)
	if f.Kind() != reflect.UnsafePointer {
		return nil
	}
	return f.UnsafePointer()
}

// copyOnReceive lets libzmq copy what it receives out of smaller buffers: 8 KB less for each link (measured), and a
// message that is kept no longer keeps its neighbours. Where it is refused nothing is lost but memory.
func copyOnReceive(ctx *zmq4.Context) {
	if p := pointer(ctx, "ctx"); p != nil {
		C.gz_copy_on_receive(p)
	}
}

// enforceDomain makes a listener ask exactly when it has a ZAP domain, and refuse everybody when nobody answers.
func (n *native) enforceDomain() error {
	if C.gz_enforce_domain(n.p) != 0 {
		return errors.New("libzmq: this libzmq cannot insist on authentication: 4.3 or later is needed")
	}
	return nil
}

// receives allocates what receiving needs; free releases it.
func (n *native) receives() { n.rx = (*C.gz_rx)(C.calloc(1, C.sizeof_gz_rx)) }

func (n *native) free() {
	if n.rx != nil {
		if n.rx.held != 0 {
			C.gz_take(n.rx, nil)
		}
		C.free(unsafe.Pointer(n.rx))
		n.rx = nil
	}
}

// events is the readiness of the socket. Asking also makes libzmq deal with its internal commands, after which its
// descriptor signals every later change.
func (n *native) events() (readable, writable bool) {
	e := C.gz_events(n.p)
	return e > 0 && e&C.ZMQ_POLLIN != 0, e > 0 && e&C.ZMQ_POLLOUT != 0
}

// send sends one message whose frames lie one behind the other in buf.
func (n *native) send(buf []byte, sizes []uint32) syscall.Errno {
	return syscall.Errno(C.gz_send(n.p, (*C.uint8_t)(unsafe.SliceData(buf)), (*C.uint32_t)(&sizes[0]), C.int(len(sizes))))
}

// sendFrame sends one frame.
func (n *native) sendFrame(frame []byte, more bool) syscall.Errno {
	flags := C.int(0)
	if more {
		flags = C.ZMQ_SNDMORE
	}
	e := C.gz_frame_send(n.p, (*C.uint8_t)(unsafe.SliceData(frame)), C.size_t(len(frame)), flags)
	runtime.KeepAlive(frame)
	return syscall.Errno(e)
}

// scratch is what one receiving goroutine receives into.
type scratch struct {
	buf    [64 << 10]byte
	frames [512]C.gz_frame
	err    C.int      // out parameters of gz_recv, here because they would be allocated anew for each call
	size   C.uint64_t //
}

// addr is the address that belongs to a frame for which recv said EMSGSIZE.
func (s *scratch) addr() []byte { return s.buf[:s.frames[0].addr] }

// measure counts the frames, and their octets, of the message that begins with the first of them, as far as they are at hand.
func measure(frames []C.gz_frame) (n, octets int) {
	for i := range frames {
		n, octets = i+1, octets+int(frames[i].size)
		if frames[i].more == 0 {
			break
		}
	}
	return n, octets
}

// recv receives a batch; see gz_recv.
func (n *native) recv(s *scratch, messages int) (frames []C.gz_frame, big uint64, err syscall.Errno) {
	got := C.gz_recv(n.p, n.rx, (*C.uint8_t)(&s.buf[0]), C.size_t(len(s.buf)), &s.frames[0], C.int(len(s.frames)), C.int(messages), &s.err, &s.size)
	return s.frames[:got], uint64(s.size), syscall.Errno(s.err)
}

// take gets the frame for which recv said EMSGSIZE, or forgets it when buf is nil.
func (n *native) take(buf []byte) (more bool) {
	return C.gz_take(n.rx, (*C.uint8_t)(unsafe.SliceData(buf))) != 0
}

// poller sleeps until one of several sockets' descriptors signals.
type poller struct{ items []C.zmq_pollitem_t }

func (p *poller) reset()        { p.items = p.items[:0] }
func (p *poller) add(n *native) { p.items = append(p.items, n.item) }

func (p *poller) wait(now bool) error {
	timeout := C.long(-1)
	if now {
		timeout = 0
	}
	for {
		rc := C.gz_poll(&p.items[0], C.int(len(p.items)), timeout)
		if rc >= 0 {
			return nil
		}
		if e := syscall.Errno(-rc); e != syscall.EINTR {
			return fmt.Errorf("libzmq: poll over %d sockets: %w", len(p.items), e)
		}
	}
}

// signalled says whether the item added as number i signalled.
func (p *poller) signalled(i int) bool { return p.items[i].revents != 0 }
