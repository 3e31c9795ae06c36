package sasl

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
)

// Logins is a list of logins and their passwords, for PlainServer.Check. How long an answer takes depends on what was asked and
// on how many logins there are, but not on whether the login exists, or how long or how similar its password is. It may be
// used by several goroutines.
type Logins struct {
	key     [sha256.Size]byte // makes digests that nobody else can foresee
	entries []entry
}

type entry struct{ login, password [sha256.Size]byte }

// NewLogins makes a list out of the passwords of each login.
func NewLogins(passwords map[string]string) *Logins {
	l := &Logins{}
	rand.Read(l.key[:]) // never fails
	for login, password := range passwords {
		l.entries = append(l.entries, entry{l.digest([]byte(login)), l.digest([]byte(password))})
	}
	return l
}

// Check tells whether the login exists and has this password.
func (l *Logins) Check(login, password []byte) bool {
	a, b := l.digest(login), l.digest(password)
	right := 0
	for i := range l.entries { // all of them: where we stop would tell which
		e := &l.entries[i]
		right |= subtle.ConstantTimeCompare(a[:], e.login[:]) & subtle.ConstantTimeCompare(b[:], e.password[:])
	}
	return right == 1
}

// digest makes all texts equally long.
func (l *Logins) digest(text []byte) (d [sha256.Size]byte) {
	h := hmac.New(sha256.New, l.key[:])
	h.Write(text)
	h.Sum(d[:0])
	return d
}
