package process

// Noise is a reproducible source of nearly normal numbers: twelve even ones from SplitMix64 (Steele, Lea and Flood 2014),
// added up, less 6.
type Noise struct{ state uint64 }

// NewNoise starts the sequence of a seed.
func NewNoise(seed uint64) *Noise { return &Noise{state: seed} }

// Uint64 returns the next number of SplitMix64.
func (n *Noise) Uint64() uint64 {
	n.state += 0x9e3779b97f4a7c15
	z := n.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Normal returns the next number of mean 0 and standard deviation 1, never beyond 6.
func (n *Noise) Normal() float64 {
	sum := 0.0
	for range 12 {
		sum += float64(n.Uint64()>>11) / (1 << 53)
	}
	return sum - 6
}
