package zmtp

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// curveServer is the end that listens. RFC 26 lets a server keep nothing between HELLO and INITIATE, and puts what it has
// to know into the cookie. Ours keeps it, since connections in their handshake are bounded anyhow; its cookie is random.
type curveServer struct {
	end
	step      int
	secret    *ecdh.PrivateKey // s
	transient *ecdh.PrivateKey // s'
	client    []byte           // C'
	cookie    []byte
	received  uint64 // the last short nonce
	peer      []byte
	crypt     *curveCipher
}

func (m *curveServer) first() ([]byte, error) { return nil, nil }

func (m *curveServer) next(body []byte) (answer []byte, done bool, err error) {
	step := m.step
	m.step = curveEnded
	switch step {
	case curveHello:
		answer, err = m.hello(body)
		return answer, false, err
	case curveInitiate:
		return m.initiate(body)
	}
	return nil, false, fmt.Errorf("%w: CURVE expects none now", errCommand)
}

// hello answers HELLO with WELCOME.
func (m *curveServer) hello(body []byte) ([]byte, error) {
	data, err := expect(body, "HELLO")
	if err != nil {
		return nil, err
	}
	if len(data) != curveHelloSize {
		return nil, fmt.Errorf("%w: HELLO with %d octets", errCommand, len(data))
	}
	if data[0] != 1 || data[1] != 0 {
		return nil, fmt.Errorf("%w: HELLO of CURVE %d.%d: we speak 1.0", errCommand, data[0], data[1])
	}
	data, ok := cutZeros(data[2:], curvePadding)
	if !ok {
		return nil, fmt.Errorf("%w: HELLO is not padded with zeros", errCommand)
	}
	m.client, data = slices.Clone(data[:curveKeySize]), data[curveKeySize:]
	key, err := boxKey(m.secret, m.client)
	if err != nil {
		return nil, err
	}
	text, err := openBox("HELLO (has the client the right Security.Server?)", curveHelloNonce, data, key)
	if err != nil {
		return nil, err
	}
	if _, ok := cutZeros(text, curveZeros); !ok {
		return nil, fmt.Errorf("%w: the box of HELLO is not of zeros", errCommand)
	}
	m.received = binary.BigEndian.Uint64(data)
	if m.transient, err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
		return nil, fmt.Errorf("zmtp: CURVE: make a key: %w", err)
	}
	m.cookie = random(curveCookieSize)
	text = slices.Concat(m.transient.PublicKey().Bytes(), m.cookie)
	m.step = curveInitiate
	return command("WELCOME", appendBox(nil, curveWelcomeNonce, random(curveLongNonce), text, key)), nil
}

// cutZeros takes n zeros from the beginning.
func cutZeros(b []byte, n int) (rest []byte, ok bool) {
	for _, c := range b[:n] {
		if c != 0 {
			return nil, false
		}
	}
	return b[n:], true
}

// initiate answers INITIATE with READY, or with ERROR.
func (m *curveServer) initiate(body []byte) (answer []byte, done bool, err error) {
	data, err := expect(body, "INITIATE")
	if err != nil {
		return nil, false, err
	}
	if len(data) < curveInitiateSize {
		return nil, false, fmt.Errorf("%w: INITIATE with %d octets", errCommand, len(data))
	}
	cookie, data := data[:curveCookieSize], data[curveCookieSize:]
	if subtle.ConstantTimeCompare(cookie, m.cookie) != 1 {
		return nil, false, fmt.Errorf("%w: INITIATE with the cookie of another connection", errCurve)
	}
	nonce := binary.BigEndian.Uint64(data)
	if nonce <= m.received {
		return nil, false, fmt.Errorf("%w: INITIATE with nonce %d after %d", errCurve, nonce, m.received)
	}
	session, err := boxKey(m.transient, m.client)
	if err != nil {
		return nil, false, err
	}
	text, err := openBox("INITIATE", curveInitiateNonce, data, session)
	if err != nil {
		return nil, false, err
	}
	proof, metadata := text[:curveProofSize], text[curveProofSize:]
	if err := m.checkProof(proof); err != nil {
		return nil, false, err
	}
	if ask := m.security.Authenticate; ask != nil {
		who := zsock.Credentials{Mechanism: zsock.Curve, Addr: m.addr, Key: zsock.Key(proof[:curveKeySize])}
		if err := ask(who); err != nil {
			return refuse(err)
		}
	}
	m.peer = metadata
	m.crypt = newCurveCipher(session, curveServerNonce, 1, curveClientNonce, nonce)
	return command("READY", appendBox(nil, curveReadyNonce, shortNonce(1), m.end.metadata, session)), true, nil
}

// checkProof checks that whoever made C' knows c, by the box that it made with c.
func (m *curveServer) checkProof(proof []byte) error {
	key, err := boxKey(m.transient, proof[:curveKeySize])
	if err != nil {
		return err
	}
	text, err := openBox("the vouch in INITIATE", curveVouchNonce, proof[curveKeySize:], key)
	if err != nil {
		return err
	}
	// For this connection and this server.
	if subtle.ConstantTimeCompare(text, slices.Concat(m.client, m.security.Public[:])) != 1 {
		return fmt.Errorf("%w: the vouch in INITIATE is for another connection", errCurve)
	}
	return nil
}

func (m *curveServer) metadata() []byte { return m.peer }
func (m *curveServer) cipher() cipher   { return m.crypt }
