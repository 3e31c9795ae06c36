package zmtp

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
)

// curveClient is the end that dials.
type curveClient struct {
	end
	step      int
	secret    *ecdh.PrivateKey // c
	transient *ecdh.PrivateKey // c'
	hello     *[32]byte        // of boxes between c' and S
	session   *[32]byte        // of boxes between c' and S'
	peer      []byte
	crypt     *curveCipher
}

func (m *curveClient) first() ([]byte, error) {
	transient, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("zmtp: CURVE: make a key: %w", err)
	}
	if m.hello, err = boxKey(transient, m.security.Server[:]); err != nil {
		return nil, fmt.Errorf("Security.Server is not a server's key: %w", err)
	}
	m.transient, m.step = transient, curveWelcome
	data := append(make([]byte, 0, curveHelloSize), 1, 0) // version 1.0
	data = append(data, make([]byte, curvePadding)...)
	data = append(data, transient.PublicKey().Bytes()...)
	data = appendBox(data, curveHelloNonce, shortNonce(1), make([]byte, curveZeros), m.hello)
	return command("HELLO", data), nil
}

func (m *curveClient) next(body []byte) (answer []byte, done bool, err error) {
	step := m.step
	m.step = curveEnded
	switch step {
	case curveWelcome:
		answer, err = m.welcome(body)
		return answer, false, err
	case curveReady:
		err = m.ready(body)
		return nil, err == nil, err
	}
	return nil, false, fmt.Errorf("%w: CURVE expects none now", errCommand)
}

// welcome answers WELCOME with INITIATE.
func (m *curveClient) welcome(body []byte) ([]byte, error) {
	data, err := expect(body, "WELCOME")
	if err != nil {
		return nil, err
	}
	if len(data) != curveWelcomeSize {
		return nil, fmt.Errorf("%w: WELCOME with %d octets", errCommand, len(data))
	}
	text, err := openBox("WELCOME", curveWelcomeNonce, data, m.hello)
	if err != nil {
		return nil, err
	}
	server, cookie := text[:curveKeySize], text[curveKeySize:]
	if m.session, err = boxKey(m.transient, server); err != nil {
		return nil, err
	}
	vouch, err := boxKey(m.secret, server)
	if err != nil {
		return nil, err
	}
	proof := slices.Concat(m.transient.PublicKey().Bytes(), m.security.Server[:])
	text = append(make([]byte, 0, curveProofSize+len(m.end.metadata)), m.security.Public[:]...)
	text = appendBox(text, curveVouchNonce, random(curveLongNonce), proof, vouch)
	text = append(text, m.end.metadata...)
	data = append(make([]byte, 0, curveInitiateSize+len(m.end.metadata)), cookie...)
	data = appendBox(data, curveInitiateNonce, shortNonce(2), text, m.session)
	m.step = curveReady
	return command("INITIATE", data), nil
}

// ready takes READY.
func (m *curveClient) ready(body []byte) error {
	data, err := expect(body, "READY")
	if err != nil {
		return err
	}
	if len(data) < curveReadySize {
		return fmt.Errorf("%w: READY with %d octets", errCommand, len(data))
	}
	if m.peer, err = openBox("READY", curveReadyNonce, data, m.session); err != nil {
		return err
	}
	m.crypt = newCurveCipher(m.session, curveClientNonce, 2, curveServerNonce, binary.BigEndian.Uint64(data))
	return nil
}

func (m *curveClient) metadata() []byte { return m.peer }
func (m *curveClient) cipher() cipher   { return m.crypt }
