package option

// nearest returns the candidate that name is most likely a slip of, "" if none is close: about a third of the
// letters may be wrong, where a letter too many, too few, another or two swapped count as one.
func nearest(name string, candidates []string) string {
	const longest = 64 // no slip, but a search that takes long
	if len(name) > longest {
		return ""
	}
	best, least := "", (len([]rune(name))+1)/3+1
	for _, c := range candidates {
		if len(c) > longest {
			continue
		}
		if n := distance([]rune(name), []rune(c)); n < least {
			best, least = c, n
		}
	}
	return best
}

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	// rows i-2, i-1 and i of the table of distances between the first i runes of a and the first j of b
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i, ra := range a {
		row[0] = i + 1
		for j, rb := range b {
			substitute := above[j]
			if ra != rb {
				substitute++
			}
			row[j+1] = min(substitute, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && ra == b[j-1] && a[i-1] == rb {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
