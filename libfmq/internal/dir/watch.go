package dir

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Config says what to watch, and how.
type Config struct {
	Dir     string // the directory
	NoLinks bool   // files whose names end with ".ln" are files as any
	// Links says which portable links are followed, by the name and the path in them; then nothing else is offered, and no symbolic link is followed,
	// not on the way to the file either. nil: all, and whatever is there. It must not block.
	Links   func(name, path string) bool
	Monitor time.Duration          // pause between scans; 0: a second. It is at least 20 times as long as the last scan took
	Stable  time.Duration          // how long a file has to be left alone; 0: a second
	Settle  time.Duration          // how long the first batch waits, at most, for files that are not stable yet
	Still   bool                   // the system is not asked to tell of changes: scans notice them, and Look
	Ignore  func(name string) bool // names to be left out, of files, and of folders with all in them. It must not block
	Log     *slog.Logger           // nil: silence

	linked int                       // tests: other bounds than maxLinked
	tick   time.Duration             // tests: another one than tick
	notify func() (notifier, error)  // tests: other notifications
	fault  func(folder string) error // tests: folders that cannot be read
}

// rest is how many times as long as a scan took the pause behind it is at least: so scanning takes less than 5 % of a core.
const rest = 20

// Watcher watches a directory. Its methods may be called by several goroutines.
type Watcher struct {
	dir     string
	tree    *tree
	patches chan []Patch
	looks   chan look
	stop    chan struct{}
	once    sync.Once
	done    chan struct{}

	scanning bool
	spent    time.Duration // the time that the scan has taken so far
	next     time.Time     // when the next scan begins
	complete bool          // a scan was completed
	settled  time.Time     // until when the first batch may wait
	told     bool          // the first batch was made
}

// Watch begins to watch a directory. It is an error if that is not there or cannot be read. Later it may go and come back.
func Watch(cfg Config) (*Watcher, error) {
	setDefaults(&cfg)
	dir, err := checkDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	var notify notifier
	if !cfg.Still {
		if notify, err = cfg.notify(); err != nil {
			cfg.Log.Warn("no folder can be watched; changes are noticed by scans only. "+adviceWatches, "dir", dir, "reason", err)
			notify = nil
		}
	}
	w := &Watcher{dir: dir, tree: newTree(cfg, dir, notify), patches: make(chan []Patch), looks: make(chan look), stop: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w, nil
}

func setDefaults(cfg *Config) {
	cfg.Monitor = cmp.Or(cfg.Monitor, time.Second)
	cfg.Stable = cmp.Or(cfg.Stable, time.Second)
	cfg.linked = cmp.Or(cfg.linked, maxLinked)
	cfg.tick = cmp.Or(cfg.tick, tick)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.notify == nil {
		cfg.notify = newNotifier
	}
}

// checkDir gives the absolute path of a directory that can be read.
func checkDir(name string) (string, error) {
	if name == "" {
		return "", errors.New("the name of the directory is empty")
	}
	dir, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	f, err := os.Open(dir)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := f.ReadDir(1); err != nil && err != io.EOF {
		return "", fmt.Errorf("%s is no directory that can be read: %w", dir, err)
	}
	return dir, nil
}

// Patches gives what changes, in batches. The first batch is all that is there and stable, and it comes even if that is nothing. In a
// batch, deletions are first, and no name is twice. If nobody reads, batches grow together, to no more than two patches for each file.
// A change of a file's properties alone is a patch, too; its Key is the same then. Closed by Close.
func (w *Watcher) Patches() <-chan []Patch { return w.patches }

// Close ends the watching. It waits for the end, and is idempotent.
func (w *Watcher) Close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.done
	return nil
}

// run is the Watcher's goroutine, to which the tree belongs.
func (w *Watcher) run() {
	defer close(w.done)
	defer close(w.patches)
	t := w.tree
	defer t.leave()
	var events <-chan fsnotify.Event
	var faults <-chan error
	if t.notify != nil {
		defer t.notify.Close()
		events, faults = t.notify.events(), t.notify.errors()
	}
	more := make(chan struct{})
	close(more)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var batch []Patch // made, and not taken yet
	for {
		var ready <-chan struct{}
		if len(t.todo) > 0 {
			ready = more
		} else {
			w.scanned()
			t.leave()
			w.sleep(timer)
		}
		var out chan<- []Patch
		if batch == nil {
			batch = w.take()
		}
		if batch != nil {
			out = w.patches
		}
		select {
		case <-w.stop:
			return
		case out <- batch:
			batch = nil
		case l := <-w.looks:
			l.reply <- w.look(l.name, batch)
			batch = nil
		case e, ok := <-events:
			if !ok {
				events = nil
			}
			w.event(e, events)
		case err, ok := <-faults:
			if !ok {
				faults = nil
			}
			t.log.Debug("notifications were lost: everything is looked at", "dir", w.dir, "reason", err)
			w.scan()
		case <-ready:
			w.step()
		case <-timer.C:
		}
		w.timers()
	}
}

// event deals with a notification, and with those that have come behind it.
func (w *Watcher) event(e fsnotify.Event, more <-chan fsnotify.Event) {
	if !w.tree.enter() {
		return
	}
	w.touch(e)
	for range len(more) {
		w.touch(<-more)
	}
}

func (w *Watcher) touch(e fsnotify.Event) {
	if e.Name != "" {
		w.tree.touch(filepath.Clean(e.Name), e.Op == fsnotify.Write)
	}
}

// timers does what is due.
func (w *Watcher) timers() {
	now := time.Now()
	if d, ok := w.tree.wait(now); ok && d <= 0 {
		w.tree.ripen(now, w.tree.enter())
	}
	if !w.scanning && !now.Before(w.next) {
		w.scan()
	}
}

// scan begins a scan. If one goes on, it begins anew.
func (w *Watcher) scan() {
	if w.tree.enter() {
		w.scanning = true
		w.tree.begin()
	} else {
		w.next = time.Now().Add(w.tree.cfg.Monitor)
	}
}

// step goes on with what is to be visited.
func (w *Watcher) step() {
	begin := time.Now()
	if w.tree.enter() {
		w.tree.step()
	}
	w.spent += time.Since(begin)
}

// scanned ends the scan, when nothing is left to be visited.
func (w *Watcher) scanned() {
	if w.scanning {
		w.scanning = false
		if !w.complete && !w.tree.broken && w.tree.root.info != nil {
			w.complete, w.settled = true, time.Now().Add(w.tree.cfg.Settle)
		}
		w.next = time.Now().Add(max(w.tree.cfg.Monitor, rest*w.spent))
	}
	w.spent = 0
}

// sleep sets the timer to when something is due.
func (w *Watcher) sleep(timer *time.Timer) {
	now := time.Now()
	d := w.next.Sub(now)
	if due, ok := w.tree.wait(now); ok {
		d = min(d, due)
	}
	if w.complete && !w.told {
		d = min(d, w.settled.Sub(now))
	}
	timer.Reset(d)
}

// take gives the patches that have come together; nil if there is nothing to tell.
func (w *Watcher) take() []Patch {
	out := w.tree.out
	if !w.complete || w.told && len(out) == 0 || !w.told && len(w.tree.unstable) > 0 && time.Now().Before(w.settled) {
		return nil
	}
	w.told = true
	batch := make([]Patch, 0, len(out))
	for _, c := range out {
		batch = append(batch, c.Patch)
	}
	slices.SortFunc(batch, func(a, b Patch) int {
		if a.Deleted != b.Deleted {
			if a.Deleted {
				return -1
			}
			return 1
		}
		return strings.Compare(a.File.Name, b.File.Name)
	})
	w.tree.out = map[string]change{}
	return batch
}
