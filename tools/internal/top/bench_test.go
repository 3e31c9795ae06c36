package top

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/top/browser"
)

// What is measured: so many nodes, of which each join and leave is told by all.
const (
	benchNodes     = 100
	benchProcesses = 4
	benchChanges   = 10 // a second: 1,000 records
	benchTime      = 20 * time.Second
)

// BenchmarkTop measures what `zyre top --http` takes, as a process of its own, and what
// the page does to a browser, while 100 nodes publish 1,000 records a second: page-octets over
// the wire, server-% of a core, frame-ms the longest that anything kept the page from drawing (long animation
// frames; 0: none took 50 ms), draw-ms the longest that the page's own script drew.
func BenchmarkTop(b *testing.B) {
	port := zyretest.Config(b).Port
	top, url := startTop(b, port)
	for i := range benchProcesses {
		startNodes(b, port, i)
	}
	tab := browser.Open(b, url, 1280, 900, fmt.Sprintf(`document.querySelectorAll('#rows tr').length > %d`, benchNodes))
	tab.Do(chromedp.Evaluate[chromedp.Void](`window.longest = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) window.longest = Math.max(window.longest, e.duration) }).observe({type: 'long-animation-frame'});
		window.drawn = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) window.drawn = Math.max(window.drawn, e.duration) }).observe({type: 'measure'}); 0`))
	for b.Loop() {
		tab.Do(chromedp.Evaluate[chromedp.Void](`window.longest = window.drawn = 0`))
		before, told := cpu(b, top), recorded(b, url)
		began := time.Now()
		<-time.After(benchTime) // that is what is measured
		took := time.Since(began)
		b.ReportMetric(100*(cpu(b, top)-before).Seconds()/took.Seconds(), "server-%")
		b.ReportMetric((recorded(b, url)-told)/took.Seconds(), "records/s")
	}
	b.ReportMetric(browser.Value[float64](tab, `window.longest`), "frame-ms")
	b.ReportMetric(browser.Value[float64](tab, `window.drawn`), "draw-ms")
	b.ReportMetric(float64(len(ask(b, url, "gzip"))), "page-octets")
	b.ReportMetric(0, "ns/op")
}

// startNodes starts a process with its share of the nodes, that ends with the benchmark.
func startNodes(b *testing.B, port uint16, number int) {
	b.Helper()
	me, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	c := exec.Command(me)
	c.Env, c.Stderr = append(os.Environ(), fmt.Sprintf("%s=%d", asNodes, port), "ZYRE_TEST_NUMBER="+strconv.Itoa(number)), os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait()
	})
}

// runNodes has nodes join and leave until standard input ends.
func runNodes(port uint16, number int) int {
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	var nodes [benchNodes / benchProcesses]*zyre.Node
	for i := range nodes {
		n, err := zyre.Start(context.Background(), zyre.Config{Name: fmt.Sprintf("node%d-%02d", number, i), Port: port, Interfaces: []string{zyre.Loopback()}})
		if err == nil {
			err = n.Join([]string{"CHAT", "sensors", "cameras", "build", "office"}[i%5])
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer n.Close()
		go func() {
			for range n.Events() {
			}
		}()
		nodes[i] = n
	}
	ticker := time.NewTicker(time.Second * benchProcesses / benchChanges)
	defer ticker.Stop()
	in := [len(nodes)]bool{}
	for {
		select {
		case <-ended:
			return 0
		case <-ticker.C:
		}
		i := rand.IntN(len(nodes))
		do := nodes[i].Join
		if in[i] {
			do = nodes[i].Leave
		}
		in[i] = !in[i]
		if err := do("now and then"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}

// startTop starts `zyre top --http` as a process that ends with the benchmark.
func startTop(b *testing.B, port uint16) (*os.Process, string) {
	me, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	c := exec.Command(me)
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", asTop, port), asHTTP+"="+addr)
	said, err := c.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	})
	line := make([]byte, 4096)
	n, _ := said.Read(line)
	go io.Copy(io.Discard, said)
	if !strings.Contains(string(line[:n]), "open http://") {
		b.Fatalf("zyre top says %q", line[:n])
	}
	return c.Process, "http://" + addr + "/"
}

// cpu is how long a process has worked.
func cpu(b *testing.B, p *os.Process) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid))
	if err != nil {
		b.Skip("how long a process works is known on Linux only: ", err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func ask(b *testing.B, url, encoding string) []byte {
	b.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

var infos = regexp.MustCompile(`zyre_records_total\{level="info"\} (\S+)`)

// recorded is how many records the server has received.
func recorded(b *testing.B, url string) float64 {
	b.Helper()
	m := infos.FindSubmatch(ask(b, url+"metrics", "identity"))
	if m == nil {
		b.Fatal("there is no number of records")
	}
	n, _ := strconv.ParseFloat(string(m[1]), 64)
	return n
}
