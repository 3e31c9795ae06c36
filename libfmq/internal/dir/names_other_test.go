//go:build !unix || darwin

package dir

const hasOddNames = false
