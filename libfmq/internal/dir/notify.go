package dir

import (
	"runtime"

	"github.com/fsnotify/fsnotify"
)

// notifier tells what happens in folders. Tests have others than the system's.
type notifier interface {
	Add(folder string) error
	Remove(folder string) error
	Close() error
	events() <-chan fsnotify.Event
	errors() <-chan error
}

// watchAgain: to watch what is watched already costs a system call here. (With kqueue it reads the folder.)
const watchAgain = runtime.GOOS == "linux"

// adviceWatches says what to do when the system has no more watches.
const adviceWatches = "To watch all, raise the system's limit (Linux: sysctl fs.inotify.max_user_watches and " +
	"fs.inotify.max_user_instances; elsewhere: the number of open files, ulimit -n)"

// systemNotifier is the system's.
type systemNotifier struct{ *fsnotify.Watcher }

func newNotifier() (notifier, error) {
	w, err := fsnotify.NewBufferedWatcher(256)
	if err != nil {
		return nil, err
	}
	return systemNotifier{w}, nil
}

func (n systemNotifier) events() <-chan fsnotify.Event { return n.Events }
func (n systemNotifier) errors() <-chan error          { return n.Errors }
