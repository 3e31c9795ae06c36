//go:build !windows

package filemq

const windows = false
