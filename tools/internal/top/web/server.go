// Package web serves what `zyre top` knows as a page, as server-sent events, and
// as metrics for Prometheus. It changes nothing: all requests are GET.
//
// Beyond loopback every request but /healthz needs a token. On loopback none
// does, but the Host of a request has to be this machine: else a page of
// anybody's could read what is here, by a name of its own that leads here.
package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// Source is what is shown. Its methods may be called from any goroutine.
type Source interface {
	// Watch returns everything as JSON, and then what changes, until the channel is
	// closed or cancel is called; nil where too many watch.
	Watch() (first []byte, next <-chan []byte, cancel func())
	// Look runs f with the model, which f must not keep; false: all is over.
	Look(f func(m *model.Model, watchers int, own zyre.Stats)) bool
}

const (
	readTime  = 5 * time.Second  // in which a request has to be there
	writeTime = 10 * time.Second // in which a browser has to take a change
	alive     = 15 * time.Second // a comment is sent so often, to notice browsers that are gone
	closeTime = 2 * time.Second
)

// Server is a listening server.
type Server struct {
	source   Source
	token    string // empty: none is asked for
	listener net.Listener
	http     http.Server
	ended    chan struct{}
	err      error
	stop     context.CancelFunc
}

// Listen begins to listen at HOST:PORT. An empty token, where one is needed, is made. The
// error says what is wrong with the address.
func Listen(addr, token string, source Source) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%s is no address: HOST:PORT is, such as 127.0.0.1:8080", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{source: source, token: token, listener: l, ended: make(chan struct{})}
	if s.token == "" && !isLoopback(host, l.Addr()) {
		s.token = rand.Text()
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.http = http.Server{
		Handler: s.handler(), ReadTimeout: readTime, WriteTimeout: 3 * writeTime, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // what strangers send is not the user's trouble
	}
	go func() {
		defer close(s.ended)
		if err := s.http.Serve(bounded(l)); !errors.Is(err, http.ErrServerClosed) {
			s.err = err
		}
	}()
	return s, nil
}

// isLoopback reports whether only this machine can reach the listener.
func isLoopback(host string, addr net.Addr) bool {
	at, err := netip.ParseAddrPort(addr.String())
	return err == nil && host != "" && at.Addr().IsLoopback()
}

// URL is what to open in a browser, with the token that it takes.
func (s *Server) URL() string {
	at := s.listener.Addr().(*net.TCPAddr)
	host := at.IP.String()
	if at.IP.IsUnspecified() {
		host = "localhost"
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, fmt.Sprint(at.Port)), Path: "/"}
	if s.token != "" {
		u.RawQuery = url.Values{"token": {s.token}}.Encode()
	}
	return u.String()
}

// cookie is the name of the cookie with the token. Cookies are of a host, whatever
// the port, and there may be several servers on one.
func (s *Server) cookie() string {
	return fmt.Sprintf("zyre-token-%d", s.listener.Addr().(*net.TCPAddr).Port)
}

// Ended is closed when it does not serve any more; Err says why.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Err says why the server ended by itself, after Ended.
func (s *Server) Err() error { return s.err }

// Close ends it, and waits for that.
func (s *Server) Close() error {
	s.stop() // the streams of events end with it
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.ended
	return err
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("GET /healthz", s.health)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		why, code := s.refuse(w, r), http.StatusForbidden
		if why == "" && r.ContentLength != 0 {
			why, code = "requests have no body here", http.StatusBadRequest
		}
		if why != "" || s.token != "" && r.URL.Path == "/healthz" {
			dismiss(w)
		}
		if why != "" {
			http.Error(w, why, code)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// dismiss has the connection end with the answer, without waiting for what else
// might come: whoever has no token keeps none.
func dismiss(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).SetReadDeadline(time.Now())
}

// refuse says why a request is not answered; empty: it is.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request) string {
	if s.token == "" {
		if !isHere(r.Host) {
			return "this is served for this machine only: open it as localhost or 127.0.0.1"
		}
		return ""
	}
	if r.URL.Path == "/healthz" {
		return ""
	}
	given := r.URL.Query().Get("token")
	fromURL := given != ""
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		given = bearer
	} else if c, err := r.Cookie(s.cookie()); err == nil && !fromURL {
		given = c.Value
	}
	if subtle.ConstantTimeCompare([]byte(given), []byte(s.token)) != 1 {
		return "a token is needed: open the address that `zyre top --http` printed, or send the header Authorization: Bearer TOKEN"
	}
	if fromURL {
		http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: s.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	return ""
}

// isHere reports whether a Host names this machine.
func isHere(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	at, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || err == nil && at.IsLoopback()
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	p := thePage()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(p.gzipped)
		return
	}
	_, _ = w.Write(p.html)
}

// events sends everything, and then what changes, until the browser leaves.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	first, next, cancel := s.source.Watch()
	if first == nil {
		http.Error(w, "too many pages are open, or zyre top ends", http.StatusServiceUnavailable)
		return
	}
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	write := func(parts ...[]byte) bool {
		_ = control.SetWriteDeadline(time.Now().Add(writeTime))
		for _, part := range parts {
			if _, err := w.Write(part); err != nil {
				return false
			}
		}
		return control.Flush() == nil
	}
	begin, end := []byte("data: "), []byte("\n\n")
	if !write([]byte("retry: 1000\n"), begin, first, end) {
		return
	}
	idle := time.NewTicker(alive)
	defer idle.Stop()
	for {
		ok := true
		select {
		case change, open := <-next:
			if !open {
				return // it was too slow, and may come back
			}
			ok = write(begin, change, end)
		case <-idle.C:
			ok = write([]byte(":\n\n"))
		case <-r.Context().Done():
			return
		}
		if !ok {
			return
		}
	}
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if !s.source.Look(func(*model.Model, int, zyre.Stats) {}) {
		http.Error(w, "the node has ended", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
