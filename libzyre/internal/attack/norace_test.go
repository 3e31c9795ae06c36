//go:build !race

package attack

// raceDetector makes everything several times slower and larger.
const raceDetector = false
