package rfcs_test

import (
	"io/fs"
	"path"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
	"github.com/zeromq/gozyre/rfcs"
)

// TestGenerated: the vectors are those that the models make, and there is no folder of a protocol that is not tested.
func TestGenerated(t *testing.T) {
	tested := map[string]bool{"beacon": true, "zmtp": true}
	for _, p := range protocols {
		tested[p.folder] = true
		want, err := zproto.Vectors(p.class(t))
		if err != nil {
			t.Fatal(err)
		}
		names, err := fs.Glob(rfcs.Vectors(), p.folder+"/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(rfcs.Vectors(), name)
			if err != nil {
				t.Fatal(err)
			}
			base := path.Base(name)
			if byHand := base == "peers.txtar" || base == "extensions.txtar" || base == "records.txtar"; string(text) != string(want[base]) && !byHand {
				t.Errorf("vectors/%s is not what its model makes: run go run ./tools/dev gen", name)
			}
			delete(want, base)
		}
		for name := range want {
			t.Errorf("vectors/%s/%s is missing: run go run ./tools/dev gen", p.folder, name)
		}
	}
	folders, err := fs.Glob(rfcs.Vectors(), "*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range folders {
		if !tested[path.Dir(name)] {
			t.Errorf("vectors/%s belongs to no protocol that is tested", name)
		}
	}
}
