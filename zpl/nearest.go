package zpl

import "strings"

// nearest returns the known name that was probably meant, or nothing.
func nearest(name string, known []string) string {
	const longest = 64 // of a name that is compared: the work grows with its square
	if len(name) > longest {
		return ""
	}
	best, least := "", 1+(len(name)+1)/3 // so many slips are a word of its own
	for _, k := range known {
		if len(k) > longest {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, take away, replace or swap with their
// neighbour, to make b of a.
func distance(a, b string) int {
	var before, above []int // two rows of the table, and one
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, above, row = above, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
