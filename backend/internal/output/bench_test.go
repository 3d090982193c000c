package output

import (
	"context"
	"testing"
	"time"

	"hypha/internal/controller"
)

// BenchmarkDrive is a function that renews its claim, and one that changes its duty each time.
func BenchmarkDrive(b *testing.B) {
	for _, c := range []struct {
		name string
		duty func(n int) float64
	}{
		{"renew", func(int) float64 { return 40 }},
		{"change", func(n int) float64 { return float64(1 + n%99) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			o := newRig().outputOf(silent{}, controller.NewLanes(), []ChannelConfig{{Type: PWM}})
			if err := o.Initialize(context.Background()); err != nil {
				b.Fatal(err)
			}
			cause := fn("function/1", 0)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if _, err := o.Drive(context.Background(), 0, leased(duty(c.duty(n)), time.Minute), cause); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// silent takes everything.
type silent struct{}

func (silent) Write(context.Context, int, Level) error { return nil }
