package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// maxPage is what the page may take over the wire.
const maxPage = 80_000

func TestPage(t *testing.T) {
	s := listen(t, newFake(), "127.0.0.1:0", "")
	code, header, body := get(t, s, "/", "Accept-Encoding: gzip")
	if code != http.StatusOK || header.Get("Content-Encoding") != "gzip" || len(body) > maxPage {
		t.Error(code, header, len(body))
	}
	t.Logf("the page has %d octets, gzipped", len(body))
	_, header, body = get(t, s, "/")
	policy := header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Error(policy)
	}
	if strings.Contains(body, "http://") && strings.Count(body, "http://") != strings.Count(body, "http://www.w3.org/2000/svg") || strings.Contains(body, "https://") {
		t.Error("the page names other hosts")
	}
	if strings.Contains(body, "innerHTML") || strings.Contains(body, "document.write") {
		t.Error("texts of strangers may become HTML")
	}
	for _, path := range []string{"/x", "/page/index.html"} {
		if code, _, _ := get(t, s, path); code != http.StatusNotFound {
			t.Error(path, code)
		}
	}
}

// A page of anybody's, under a name of its own that leads to this machine, reads
// nothing.
func TestHost(t *testing.T) {
	s := listen(t, newFake(), "127.0.0.1:0", "")
	for host, want := range map[string]int{"localhost:80": 200, "127.0.0.1": 200, "[::1]:8080": 200, "LOCALHOST": 200,
		"evil.example": 403, "127.0.0.1.evil.example:80": 403, "10.0.0.1": 403, "localhost.evil.example": 403} {
		if code, _, _ := get(t, s, "/", "Host: "+host); code != want {
			t.Error(host, code)
		}
	}
}

func TestToken(t *testing.T) {
	f := newFake()
	s := listen(t, f, "0.0.0.0:0", "")
	u, err := url.Parse(s.URL())
	token := u.Query().Get("token")
	if err != nil || len(token) < 20 {
		t.Fatal(s.URL())
	}
	for _, path := range []string{"/", "/events", "/metrics", "/?token=", "/?token=x" + token[1:] + "y"} {
		if code, _, body := get(t, s, path); code != http.StatusForbidden || strings.Contains(body, token) {
			t.Error(path, code, body)
		}
	}
	if code, _, body := get(t, s, "/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Error(code, body)
	}
	if code, _, _ := get(t, s, "/metrics", "Authorization: Bearer "+token, "Host: "+"any.example"); code != http.StatusOK {
		t.Error(code)
	}
	code, header, _ := get(t, s, "/?token="+token)
	set := header.Get("Set-Cookie")
	if code != http.StatusOK || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") {
		t.Error(code, set)
	}
	if code, _, _ := get(t, s, "/metrics", "Cookie: "+s.cookie()+"="+token); code != http.StatusOK {
		t.Error(code)
	}
	if code, _, _ := get(t, s, "/metrics", "Cookie: "+s.cookie()+"=no"); code != http.StatusForbidden {
		t.Error(code)
	}
	own := listen(t, newFake(), "127.0.0.1:0", "mine") // on loopback, too, if one is given
	if code, _, _ := get(t, own, "/"); code != http.StatusForbidden {
		t.Error(code)
	}
	if !strings.HasSuffix(own.URL(), "/?token=mine") {
		t.Error(own.URL())
	}
}

func TestMethods(t *testing.T) {
	s := listen(t, newFake(), "127.0.0.1:0", "")
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		c, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "%s / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", method)
		answer, _ := bufio.NewReader(c).ReadString('\n')
		if !strings.Contains(answer, " 405 ") {
			t.Error(method, answer)
		}
		_ = c.Close()
	}
}

func TestListenFails(t *testing.T) {
	for _, addr := range []string{"8080", "127.0.0.1:99999", ""} {
		if s, err := Listen(addr, "", newFake()); err == nil {
			_ = s.Close()
			t.Error(addr)
		}
	}
	s := listen(t, newFake(), "127.0.0.1:0", "")
	if _, err := Listen(s.listener.Addr().String(), "", newFake()); err == nil {
		t.Error("a port twice")
	}
}

// TestEvents: everything first, then what changes; a browser that is too slow is
// let go, and a page too many is told so.
func TestEvents(t *testing.T) {
	f := newFake()
	s := listen(t, f, "127.0.0.1:0", "")
	tr := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: tr}).Get(s.URL() + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Error(got)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	next := func() (v model.View) {
		t.Helper()
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(text), &v); err != nil {
					t.Fatal(err)
				}
				return v
			}
		}
		t.Fatal("the stream has ended")
		return v
	}
	if v := next(); !v.Whole || len(v.Nodes) != 1 || !v.Nodes[0].Self {
		t.Error(v)
	}
	f.play(func(m *model.Model) { f.event(m, zyre.Enter, 1, "") })
	if v := next(); v.Whole || len(v.Nodes) != 1 || v.Nodes[0].Name != "node01" || v.Totals.Nodes != 2 {
		t.Error(v)
	}
	f.mu.Lock()
	f.full = true
	f.mu.Unlock()
	if code, _, _ := get(t, s, "/events"); code != http.StatusServiceUnavailable {
		t.Error(code)
	}
	f.end()
	if lines.Scan() && lines.Scan() {
		t.Error("it goes on:", lines.Text())
	}
	if code, _, _ := get(t, s, "/healthz"); code != http.StatusServiceUnavailable {
		t.Error(code)
	}
}
