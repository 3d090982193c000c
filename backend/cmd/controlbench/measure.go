package main

import (
	"fmt"
	"math"

	"hypha/internal/pid"
	"hypha/internal/process"
	"hypha/internal/tuning"
)

// row is what was measured on one plant.
type row struct {
	plant       process.Plant
	reference   process.Figures // with the reference's gains, measured here
	refVaried   process.Figures // and gain and dead time a quarter higher
	experiment  experiment
	tuned       process.Figures
	tunedVaried process.Figures
	mycodo      map[process.MycodoMode]rival
	bestOfAll   float64 // Mycodo's best score of all rules and modes, on the plant as it is
}

// experiment is what Hypha's own tuning found.
type experiment struct {
	attempts []tuning.Attempt
	lasted   float64 // s
	found    tuning.Identified
	offer    tuning.Offer
}

// rival is the best of Mycodo's rules in one mode.
type rival struct {
	rule    string
	figures process.Figures
	varied  process.Figures
	joint   float64
}

// more is how much stronger and later the varied plant is.
const more = 1.25

func measure(p process.Plant) (row, error) {
	r := row{plant: p}
	var err error
	cfg := p.Config(p.Reference.Gains())
	if r.reference, err = control(p, cfg); err != nil {
		return r, err
	}
	if r.refVaried, err = control(p.Varied(more, more), cfg); err != nil {
		return r, err
	}
	if r.experiment, err = tune(p); err != nil {
		return r, fmt.Errorf("experiment on %s: %w", p.ID, err)
	}
	cfg = p.Config(r.experiment.offer.Gains)
	cfg.CoolRatio = r.experiment.offer.CoolRatio
	if r.tuned, err = control(p, cfg); err != nil {
		return r, err
	}
	if r.tunedVaried, err = control(p.Varied(more, more), cfg); err != nil {
		return r, err
	}
	r.mycodo, r.bestOfAll, err = rivals(p, r.reference)
	return r, err
}

func control(p process.Plant, cfg pid.Config) (process.Figures, error) {
	law, err := p.PID(cfg)
	if err != nil {
		return process.Figures{}, err
	}
	return p.Run(law, 0), nil
}

// tune makes the experiment that Hypha chooses, on the plant at rest, and takes the gains it recommends. It is told the
// limits of the output, the set-point, its direction, and a band around start and set-point as wide as their distance.
func tune(p process.Plant) (experiment, error) {
	var e experiment
	lower := p.Action == process.Lower
	way := math.Abs(p.Setpoint - p.YInitial)
	auto, err := tuning.NewAuto(tuning.Setup{
		Period: p.Period, OutMin: p.UMin, OutMax: p.UMax, Rest: p.UInitial, Setpoint: p.Setpoint, Lower: lower,
		Low: min(p.Setpoint, p.YInitial) - way, High: max(p.Setpoint, p.YInitial) + way, TimeLimit: 24 * 3600,
	})
	if err != nil {
		return e, err
	}
	rig := p.Start().Undisturbed()
	for done := false; !done; {
		var u float64
		if u, done, err = auto.Next(rig.Time(), rig.Measure()); err != nil {
			return e, err
		}
		rig.Hold(u, nil)
	}
	e.attempts, e.lasted = auto.Attempts(), rig.Time()
	if e.found, err = tuning.Identify(auto.Record()); err != nil {
		return e, err
	}
	offers := tuning.Propose(e.found, tuning.Task{
		Period: p.Period, OutMin: p.UMin, OutMax: p.UMax, Rest: p.UInitial, Start: e.found.Start, Setpoint: p.Setpoint,
		Lower: lower, Noise: e.found.Noise,
	})
	for _, o := range offers {
		if o.Recommended {
			e.offer = o
			return e, nil
		}
	}
	return e, fmt.Errorf("none of %d offers is recommended", len(offers))
}

// rivals are the best of Mycodo's five rules in each of its three modes; the best in the score that Hypha is compared by.
func rivals(p process.Plant, reference process.Figures) (best map[process.MycodoMode]rival, bestOfAll float64, err error) {
	u, err := p.Ultimate()
	if err != nil {
		return nil, 0, err
	}
	best, bestOfAll = map[process.MycodoMode]rival{}, math.Inf(1)
	for _, mode := range []process.MycodoMode{process.AsPrinted, process.Converted, process.ConvertedWide} {
		for _, rule := range process.MycodoRules() {
			f := p.Run(p.Mycodo(rule, mode, u), 0)
			varied := p.Varied(more, more).Run(p.Mycodo(rule, mode, u), 0)
			bestOfAll = min(bestOfAll, score(f, reference))
			s := joint(f, varied, reference)
			if b, ok := best[mode]; !ok || s < b.joint {
				best[mode] = rival{rule: rule.Name, figures: f, varied: varied, joint: s}
			}
		}
	}
	return best, bestOfAll, nil
}

// score takes error, overshoot and travel together, beside the reference's: less is better, the reference has 2.1 and what its
// overshoot costs.
func score(f, reference process.Figures) float64 {
	return f.IAESetpoint/reference.IAESetpoint + f.IAELoad/reference.IAELoad + 0.1*f.TV/reference.TV + f.Overshoot/50
}

// joint is the mean score on the plant as it was tuned and on the one that has become stronger and later.
func joint(f, varied, reference process.Figures) float64 {
	return (score(f, reference) + score(varied, reference)) / 2
}
