//go:build race

package share_test

// raced says whether the race detector is on.
const raced = true
