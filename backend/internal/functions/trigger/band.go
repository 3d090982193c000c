package trigger

import "hypha/internal/option"

// beyond is a band that a reading can leave, with hysteresis.
type beyond struct {
	above, below *float64
	hysteresis   float64
}

func checkBand(above, below *float64, hysteresis float64) option.Errors {
	switch {
	case above == nil && below == nil:
		return option.Errors{{Field: "above", Message: "is required, or below"}}
	case above != nil && below != nil && *below+2*hysteresis >= *above:
		return option.Errors{{Field: "below", Message: "must be less than above, by more than twice the hysteresis"}}
	}
	return nil
}

// judge tells whether a value is outside, knowing whether it was.
func (b beyond) judge(v float64, was bool) bool {
	h := 0.0
	if was {
		h = b.hysteresis
	}
	return b.above != nil && v > *b.above-h || b.below != nil && v < *b.below+h
}

// words say which limit a value is beyond.
func (b beyond) words(v float64, unit string) string {
	if b.above != nil && v > *b.above-b.hysteresis {
		return "above " + number(*b.above) + unit
	}
	return "below " + number(*b.below) + unit
}
