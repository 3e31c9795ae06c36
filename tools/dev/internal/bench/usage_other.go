//go:build !unix

package bench

import "os"

const exe = ".exe"

// maxMemory is unknown here.
func maxMemory(*os.ProcessState) float64 { return 0 }
