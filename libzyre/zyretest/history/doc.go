// Package history checks what the nodes of a network told against what was done to them.
//
// Draft.
package history
