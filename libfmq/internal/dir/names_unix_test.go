//go:build unix && !darwin

package dir

// hasOddNames: a name is any octets but NUL and the slash.
const hasOddNames = true
