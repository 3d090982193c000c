package remote

import "context"

// sieve finds the samples of a batch that an engine refuses.
type sieve struct {
	write   func(ctx context.Context, batch []sample) error
	refused []sample
	why     error // the first one was refused
	row     int   // refused without one taken in between
}

// take halves a batch that was refused until only what is bad is left.
func (s *sieve) take(ctx context.Context, batch []sample, why error) error {
	if len(batch) == 1 || s.row >= strikes {
		if s.why == nil {
			s.why = why
		}
		s.refused = append(s.refused, batch...)
		s.row += len(batch)
		return nil
	}
	middle := len(batch) / 2
	for _, half := range [][]sample{batch[:middle], batch[middle:]} {
		err := s.write(ctx, half)
		switch {
		case err == nil:
			s.row = 0
		case !rejected(err):
			return err
		default:
			if err := s.take(ctx, half, err); err != nil {
				return err
			}
		}
	}
	return nil
}
