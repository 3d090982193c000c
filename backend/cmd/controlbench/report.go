package main

import (
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"hypha/internal/process"
)

//go:embed intro.md
var intro string

// report is everything that was measured.
type report struct {
	rows   []row
	days   []day
	step   stepTime
	misses int
}

// Targets of the tuning, as parts of the reference's error.
const (
	worstRatio      = 1.35
	medianRatio     = 1.2
	freeOvershoot   = 10 // %, wherever the goal allows no more
	moreOvershoot   = 5  // % beyond a goal that does
	variedOvershoot = 30 // %, on the varied plant
	variedBeyond    = 10 // %, beyond the reference's
	tunedTravel     = 2  // of the goal's
)

// mark notes a target: kept or missed.
func (r *report) mark(kept bool) string {
	if kept {
		return "yes"
	}
	r.misses++
	return "**no**"
}

func (r *report) write(w io.Writer) {
	text := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // a bufio.Writer keeps the error
	text("%s\n", intro)
	r.writeReference(text)
	r.writeExperiments(text)
	r.writeTuned(text)
	r.writeRivals(text)
	r.writeVaried(text)
	r.writeDays(text)
	text("\n## A step of the controller\n\n`Controller.Step` with feedback, filter and split range: %.0f ns, %.0f bytes allocated. A thousand PIDs at 1 Hz take %.4f %% of a core for it.\n",
		r.step.nanoseconds, r.step.bytes, r.step.nanoseconds*1000/1e9*100)
	text("\nTargets missed: %d.\n", r.misses)
}

type printer func(format string, args ...any)

func (r *report) writeReference(text printer) {
	text("## With given gains\n\nThe reference's gains in Hypha's PID, against the goal (in brackets).\n\n")
	text("| plant | rule | error, set-point | error, load | overshoot, %% | travel | kept |\n|---|---|---|---|---|---|---|\n")
	for _, x := range r.rows {
		f, g := x.reference, x.plant.Goal
		kept := f.IAESetpoint <= g.IAESetpoint && f.IAELoad <= g.IAELoad && f.Overshoot <= g.Overshoot && f.TV <= g.TV
		text("| %s %s | %s | %s (%s) | %s (%s) | %.1f (%.1f) | %s (%s) | %s |\n", x.plant.ID, x.plant.Name, x.plant.Reference.Rule,
			digits(f.IAESetpoint), digits(g.IAESetpoint), digits(f.IAELoad), digits(g.IAELoad), f.Overshoot, g.Overshoot, digits(f.TV), digits(g.TV), r.mark(kept))
	}
}

func (r *report) writeExperiments(text printer) {
	text("\n## What the experiments found\n\n")
	text("| plant | experiments | lasted | model | explains | recommended | K | Ti, s | Td, s | b | Ms | GM | PM |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, x := range r.rows {
		e := x.experiment
		o := e.offer
		where := ""
		if e.found.Local {
			where = ", near the set-point only"
		}
		text("| %s | %s | %s | %s | %.1f %%%s | %s | %s | %s | %s | %.2f | %.2f | %.1f | %.0f° |\n", x.plant.ID, attempts(x), time.Duration(e.lasted)*time.Second,
			modelText(x), e.found.Fit, where, o.Rule, digits(o.Gains.K), digits(o.Gains.Ti), digits(o.Gains.Td), o.Gains.B, o.Margins.Ms, o.Margins.Gain, o.Margins.Phase)
	}
}

func attempts(x row) string {
	parts := make([]string, len(x.experiment.attempts))
	for i, a := range x.experiment.attempts {
		parts[i] = fmt.Sprintf("%s %.0f %%", a.Kind, 100*a.Amplitude)
	}
	return strings.Join(parts, ", then ")
}

func modelText(x row) string {
	m := x.experiment.found.Model
	lag := ""
	if m.Tau2 > 0 {
		lag = fmt.Sprintf("(%ss+1)", digits(m.Tau2))
	}
	below := fmt.Sprintf("(%ss+1)%s", digits(m.Tau1), lag)
	if m.Integrating {
		below = "s" + lag
	}
	if m.CoolRatio > 0 {
		below += fmt.Sprintf(", cooling %.2f as strong", m.CoolRatio)
	}
	return fmt.Sprintf("%s e^(-%ss)/%s", digits(m.Gain), digits(m.DeadTime), below)
}

func (r *report) writeTuned(text printer) {
	text("\n## With gains of its own experiment\n\nErrors and travel are parts of the reference's, which knows the plant; in brackets what is allowed.\n\n")
	text("| plant | error, set-point | error, load | error, both | overshoot, %% | travel | kept |\n|---|---|---|---|---|---|---|\n")
	var ratios []float64
	for _, x := range r.rows {
		f, ref, g := x.tuned, x.reference, x.plant.Goal
		ratio := f.IAE() / ref.IAE()
		ratios = append(ratios, ratio)
		allowed := max(freeOvershoot, g.Overshoot)
		if g.Overshoot > freeOvershoot {
			allowed += moreOvershoot
		}
		travel := tunedTravel * g.TV / ref.TV
		kept := f.IAE() <= g.AutotunedIAE && ratio <= worstRatio && f.Overshoot <= allowed && f.TV <= tunedTravel*g.TV
		text("| %s | %.2f | %.2f | %.3f (%.2f) | %.1f (%.1f) | %.2f (%.1f) | %s |\n", x.plant.ID, f.IAESetpoint/ref.IAESetpoint, f.IAELoad/ref.IAELoad,
			ratio, worstRatio, f.Overshoot, allowed, f.TV/ref.TV, travel, r.mark(kept))
	}
	slices.Sort(ratios)
	median := ratios[len(ratios)/2]
	text("\nError beside the reference's: median %.3f (%.1f), worst %.3f (%.2f): kept: %s.\n", median, medianRatio, ratios[len(ratios)-1], worstRatio,
		r.mark(median < medianRatio && ratios[len(ratios)-1] <= worstRatio))
}

func (r *report) writeRivals(text printer) {
	text("\n## Beside Mycodo\n\nHypha with gains of its own experiment, Mycodo's law with the best of five rules in each mode, from a relay test on the same plant without noise. ")
	text("Each cell: score (on the plant; on the varied plant), then error of both parts beside the reference's, overshoot, travel beside the reference's.\n\n")
	text("| plant | Hypha | as printed | converted | converted, wide | Hypha is better |\n|---|---|---|---|---|---|\n")
	cell := func(f, varied process.Figures, x row) string {
		return fmt.Sprintf("%.2f (%.2f; %.2f), %.2f, %.0f %%, %.2f", joint(f, varied, x.reference), score(f, x.reference), score(varied, x.reference),
			f.IAE()/x.reference.IAE(), f.Overshoot, f.TV/x.reference.TV)
	}
	var behind []string
	for _, x := range r.rows {
		best := math.Inf(1)
		var cells []string
		for _, mode := range []process.MycodoMode{process.AsPrinted, process.Converted, process.ConvertedWide} {
			m := x.mycodo[mode]
			best = min(best, m.joint)
			cells = append(cells, m.rule+": "+cell(m.figures, m.varied, x))
		}
		text("| %s | %s | %s | %s |\n", x.plant.ID, cell(x.tuned, x.tunedVaried, x), strings.Join(cells, " | "), r.mark(joint(x.tuned, x.tunedVaried, x.reference) < best))
		if own := score(x.tuned, x.reference); own > x.bestOfAll {
			behind = append(behind, fmt.Sprintf("%s (%.2f against %.2f)", x.plant.ID, own, x.bestOfAll))
		}
	}
	if len(behind) > 0 {
		text("\nOn the plant exactly as it was tuned, without the varied one, the best of Mycodo's fifteen variants has the better score on: %s.\n", strings.Join(behind, ", "))
	}
}

func (r *report) writeVaried(text printer) {
	text("\n## Gain and dead time a quarter higher\n\nThe same gains on a plant that has become stronger and later. Travel is beside that on the plant as it was; the error of the last tenth of the run shows an oscillation that lasts.\n\n")
	text("| plant | overshoot, %% | the reference's | travel | the reference's | last error, %% of the step | kept |\n|---|---|---|---|---|---|---|\n")
	for _, x := range r.rows {
		f, ref := x.tunedVaried, x.refVaried
		step := math.Abs(x.plant.Setpoint - x.plant.YInitial)
		stable := f.LastTenth <= 0.05*step && f.PeakToPeak <= 0.2*step
		kept := stable && (f.Overshoot < variedOvershoot || f.Overshoot <= ref.Overshoot+variedBeyond)
		text("| %s | %.1f | %.1f | %.2f | %.2f | %.2f | %s |\n", x.plant.ID, f.Overshoot, ref.Overshoot, f.TV/x.tuned.TV, ref.TV/x.reference.TV, 100*f.LastTenth/step, r.mark(kept))
	}
}

// digits prints four of them, without an exponent where a person would not write one.
func digits(v float64) string {
	if v >= 1e4 && v < 1e8 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}
