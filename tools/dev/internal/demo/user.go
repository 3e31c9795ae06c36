package demo

import (
	"context"
	"errors"
	"os"
	"os/user"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// join puts the user into the chat, as a fourth node, until they leave.
func (s *stage) join(e *repo.Env) error {
	name := userName()
	e.Say("demo: now you are in the chat, as %s. What you type everybody reads; /help tells the rest; /quit leaves", name)
	ctx, cancel := context.WithCancel(e)
	defer cancel()
	hosts := make(chan error, 1)
	go func() { hosts <- s.host(ctx, name) }()

	c := e.Command(s.program, append([]string{"--name", name}, s.network...)...)
	c.Stdin = os.Stdin
	err := c.Run()
	cancel()
	if hostErr := <-hosts; err == nil {
		err = hostErr
	}
	return err
}

// host keeps the others talking while the user is there, unseen: the user's
// own chat shows what they say.
func (s *stage) host(ctx context.Context, user string) (err error) {
	for {
		select {
		case <-ctx.Done():
			return err
		case l := <-s.lines:
			if l.ended {
				delete(s.actors, l.who)
				err = errors.Join(err, s.diedEarly(l))
				continue
			}
			var answer string
			switch {
			case l.who == "alice" && l.text == "* "+user+" joined CHAT":
				answer = "Welcome, " + user + "! Bob and Carol are here too. Try /peers, or /whisper bob hello"
			case l.who == "bob" && l.text == user+" (whisper): hello":
				answer = "/whisper " + user + " Hello! Nobody but you reads this."
			default:
				continue
			}
			s.actors[l.who].types(answer) // if it fails, the actor's end follows
		}
	}
}

// userName is what the user is called in the chat.
func userName() string {
	u, err := user.Current()
	if err != nil || u.Username == "" || u.Username == "alice" || u.Username == "bob" || u.Username == "carol" {
		return "you"
	}
	return u.Username
}
