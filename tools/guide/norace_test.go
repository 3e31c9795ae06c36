//go:build !race

package guide_test

const race = false
