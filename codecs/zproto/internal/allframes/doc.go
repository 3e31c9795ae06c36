// Package allframes is generated from a model that has every field type of the layout frames. Its tests are tests
// of the generator's Go template. (Of the layouts without names on the wire, packages mdp/client and mdp/worker are
// the tests.)
package allframes

//go:generate go run ../../../cmd/zproto go allframes.xml
