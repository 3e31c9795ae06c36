//go:build !unix

package main

import (
	"errors"
	"time"
)

var errNoUsage = errors.New("this system does not tell what a process uses in a way that this program knows")

func processorTime() (time.Duration, error) { return 0, errNoUsage }

func peakMemory() (float64, error) { return 0, errNoUsage }

func residentMemory() (float64, error) { return 0, errNoUsage }

func descriptors() (int, error) { return 0, errNoUsage }

func descriptorLimit() (int, error) { return 0, errNoUsage }
