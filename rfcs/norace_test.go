//go:build !race

package rfcs_test

// raceDetector makes everything several times slower.
const raceDetector = false
