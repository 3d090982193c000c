package main

import (
	"fmt"
	"time"
	"math"
	"os"
	"strconv"
	"slices"

	"hypha/internal/process"
	"hypha/internal/tuning"
)

func main() {
	var ratios []float64
	plants, _ := process.Plants()
	for _, p := range plants {
		if len(os.Args) > 2 {
			n, _ := strconv.Atoi(os.Args[2])
			p.NoiseSeed = uint64(n)
			lawr, _ := p.PID(p.Config(p.Reference.Gains()))
			p.ReferenceResult = p.Run(lawr, 0)
		}
		d := math.Abs(p.Setpoint - p.YInitial)
		lo, hi := min(p.Setpoint, p.YInitial)-d, max(p.Setpoint, p.YInitial)+d
		a, err := tuning.NewAuto(tuning.Setup{Period: p.Period, OutMin: p.UMin, OutMax: p.UMax, Rest: p.UInitial, Setpoint: p.Setpoint, Low: lo, High: hi, TimeLimit: 2e5, Lower: p.Action == process.Lower})
		if err != nil {
			fmt.Println(p.ID, err)
			continue
		}
		rig := p.Start().Undisturbed()
		for {
			u, done, e := a.Next(rig.Time(), rig.Measure())
			if done {
				err = e
				break
			}
			rig.Hold(u, nil)
		}
		if err != nil {
			fmt.Println(p.ID, rig.Time(), err, a.Attempts())
			continue
		}
		t0 := time.Now()
		id, err := tuning.Identify(a.Record(), p.Action == process.Lower)
		_ = t0
		if id.Local {
			rec := a.Record()
			w := 6
			best := 0.0
			for i := rec.Steady; i+w < rec.Local; i++ {
				best = max(best, math.Abs(rec.Samples[i+w].Y-rec.Samples[i].Y)/float64(w)/p.Period)
			}
			fmt.Println("approach slope", best, "local", id.Model.Gain/max(1,id.Model.Tau1)*100, id.Model, id.Offset)
		}
		t1 := time.Now()
		offers := tuning.Propose(id, tuning.Task{Period: p.Period, OutMin: p.UMin, OutMax: p.UMax, Rest: p.UInitial, Start: id.Start, Setpoint: p.Setpoint, Lower: p.Action == process.Lower, Noise: id.Noise})
		dt := time.Since(t1).Round(time.Millisecond)
		o := offers[0]
		if len(os.Args) > 1 && os.Args[1] == p.ID {
			for _, o := range offers {
				cfg := p.Config(o.Gains)
				cfg.CoolRatio = o.CoolRatio
				law, _ := p.PID(cfg)
				f := p.Run(law, 0)
				fmt.Printf("  %s tc %.0f K %.4g Ti %.4g Td %.4g b %.1f: pred sp %.4g load %.4g ov %.1f TV %.4g score %.3f %v step %.3g noise %.2f worse %.0f | real %.4g %.4g %.1f %.4g\n", o.Rule, o.TauC, o.Gains.K, o.Gains.Ti, o.Gains.Td, o.Gains.B, o.Predicted.IAESetpoint, o.Predicted.IAELoad, o.Predicted.Overshoot, o.Predicted.TV, o.Score, o.Objections,  o.Predicted.Step, o.Predicted.RestNoise, o.Worse.Overshoot, f.IAESetpoint, f.IAELoad, f.Overshoot, f.TV)
			}
		}
		cfg := p.Config(o.Gains)
		cfg.CoolRatio = o.CoolRatio
		law, err := p.PID(cfg)
		if err != nil {
			fmt.Println(p.ID, err)
			continue
		}
		f := p.Run(law, 0)
		law, _ = p.PID(cfg)
		w := p.Varied(1.25, 1.25).Run(law, 0)
		law, _ = p.PID(p.Config(p.Reference.Gains()))
		rw := p.Varied(1.25, 1.25).Run(law, 0)
		r := p.ReferenceResult
		ratio := f.IAE() / (r.IAESetpoint + r.IAELoad)
		ratios = append(ratios, ratio)
		fmt.Printf("%s %-18s tc=%5.0f K=%.4g Ti=%.4g Td=%.3g b=%.1f Ms=%.2f acc=%v | pred ov %.1f worse %.1f | sp %.2f load %.2f tot %.3f TV %.2f ov %.1f (goal %.1f) | worse %.0f ref %.0f TV %.2f | %v\n", p.ID, o.Rule, o.TauC, o.Gains.K, o.Gains.Ti, o.Gains.Td, o.Gains.B, o.Margins.Ms, o.Accepted, o.Predicted.Overshoot, o.Worse.Overshoot,
			f.IAESetpoint/r.IAESetpoint, f.IAELoad/r.IAELoad, ratio, f.TV/r.TV, f.Overshoot, p.Goal.Overshoot, w.Overshoot, rw.Overshoot, w.TV/f.TV, dt)
	}
	slices.Sort(ratios)
	fmt.Println(ratios[len(ratios)/2], ratios[len(ratios)-1])
}
