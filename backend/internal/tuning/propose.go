package tuning

import (
	"cmp"
	"math"
	"slices"

	"hypha/internal/pid"
)

// Offer is a proposal of gains with what it would do.
type Offer struct {
	Rule        Rule         `json:"rule"`
	TauC        float64      `json:"tau_c_s,omitempty"` // closed-loop time constant that was asked for
	Gains       pid.Gains    `json:"gains"`
	Parallel    pid.Parallel `json:"parallel"`
	CoolRatio   float64      `json:"cool_ratio,omitempty"`
	Margins     Margins      `json:"margins"`
	Predicted   Predicted    `json:"predicted"`
	Worse       Worse        `json:"if_stronger_and_later"`
	Accepted    bool         `json:"accepted"`              // margins, overshoot and robustness are as they should be
	Objections  []string     `json:"objections,omitempty"`  // why it is not
	Score       float64      `json:"score"`                 // error, travel and overshoot beside the best of all; less is better
	Recommended bool         `json:"recommended,omitempty"` // the accepted one with the best score
}

// Worse is what would become of an offer if gain and dead time of the plant were a quarter higher than the model's.
type Worse struct {
	Ms        float64 `json:"ms"`
	Overshoot float64 `json:"overshoot_percent"`
}

// What an offer must keep to be accepted. Ms, gain and phase margin: Åström and Hägglund 2006, ch. 4; the others are ours.
const (
	maxMs             = 1.8
	minGainMargin     = 2
	minPhaseMargin    = 35
	maxOvershoot      = 8  // %, predicted
	maxWorseOvershoot = 25 // %, with gain and dead time a quarter higher
	variation         = 1.25
	// Where the plant is not linear, its gain on the way to the set-point is not known: with
	// more of it as with less the set-point is not to be passed by much.
	nonlinear          = 1.6
	nonlinearOvershoot = 3
	maxWorseMs         = 3.5
)

// The grid of closed-loop time constants, in dead times, and of set-point weights.
const (
	tightest  = 0.5
	slowest   = 5
	tauCRatio = 1.12
)

// Propose makes an offer of every rule for a model: of those with a free closed-loop time constant and set-point weight the
// one that does the task best while margins, overshoot and robustness are kept. The recommended one comes first, the others
// by their score, those for comparison only last.
func Propose(id Identified, t Task) []Offer {
	p := proposer{model: id.Model, task: t, predictor: newPredictor(id, t), n: clean, variation: variation, worst: maxWorseOvershoot}
	if id.Local {
		p.variation, p.worst = nonlinear, nonlinearOvershoot
	}
	if t.Noise.Sigma > 0 || t.Noise.Quantum > 0 {
		p.n = noisy
	}
	first, second := id.Model.firstOrder(t.Period), id.Model.held(t.Period)
	candidates := p.tuned(SIMCPI, first, func(tauC float64) pid.Gains { return simc(first, tauC, 0) })
	candidates = append(candidates, p.tuned(ImprovedSIMC, first, func(tauC float64) pid.Gains { return Improved(first, tauC) })...)
	if second.Tau2 > t.Period/2 {
		candidates = append(candidates, p.tuned(SIMCPID, second, func(tauC float64) pid.Gains { return SIMC(second, tauC) })...)
	}
	candidates = append(candidates, p.weighted(AMIGOPI, 0, AMIGO(first, false))...)
	candidates = append(candidates, p.weighted(AMIGOPID, 0, AMIGO(first, true))...)
	p.scale(candidates)
	if start := bestOfEach(slices.Clone(candidates)); !id.Local && len(start) > 0 && start[0].Accepted { // a model of one place only is not to be squeezed
		candidates = append(candidates, p.optimised(start)...)
	}
	offers := bestOfEach(candidates)
	offers = append(offers, p.compared()...)
	for i := range offers {
		o := &offers[i]
		if o.Worse.Ms == 0 {
			o.judge(&p)
			p.score(o)
		}
		o.Predicted = p.predictor.run(p.model, o.Gains, p.model.CoolRatio, true)
	}
	if len(offers) > 0 && offers[0].Accepted {
		offers[0].Recommended = true
	}
	return offers
}

// The derivative's filter on clean and on noisy measurements.
const (
	clean = 10
	noisy = 3
)

type proposer struct {
	model     Model
	task      Task
	predictor *predictor
	n         float64 // of the derivative's filter
	variation float64 // of the gain
	worst     float64 // overshoot with it
	least     Predicted
}

// tuned are the candidates of a rule with a free closed-loop time constant.
func (p *proposer) tuned(r Rule, m Model, gains func(tauC float64) pid.Gains) []Offer {
	var found []Offer
	patience := 1.0
	if p.variation > variation { // where the plant is weaker than near its set-point, an integral must be slower to be damped
		patience = variation
	}
	for f := tightest; f < slowest; f *= tauCRatio {
		tauC := f * max(m.DeadTime, p.task.Period)
		g := gains(tauC)
		g.Ti *= patience
		found = append(found, p.weighted(r, tauC, g)...)
	}
	return found
}

// weighted are the candidates of given gains with several set-point weights. Where the margins are too small there is one.
func (p *proposer) weighted(r Rule, tauC float64, g pid.Gains) []Offer {
	g.N = p.n
	o := Offer{Rule: r, TauC: tauC, Gains: g, Parallel: g.Parallel(), CoolRatio: p.model.CoolRatio, Margins: MarginsOf(p.model, g, p.task.Period)}
	if !(g.K > 0 && finite(g.K) && finite(g.Ti) && finite(g.Td)) {
		return nil
	}
	o.judgeMargins()
	if len(o.Objections) > 0 {
		return []Offer{o} // to be judged only if no other of its rule is better
	}
	o.Worse.Ms = p.worseMs(g)
	var found []Offer
	for _, b := range []float64{1, 0.7, 0.4, 0} {
		o.Gains.B, o.Objections = b, nil
		o.judge(p)
		found = append(found, o)
	}
	return found
}

func (o *Offer) judgeMargins() {
	object := func(bad bool, why string) {
		if bad {
			o.Objections = append(o.Objections, why)
		}
	}
	object(!(o.Margins.Gain >= minGainMargin), "gain margin below 2")
	object(!(o.Margins.Phase >= minPhaseMargin), "phase margin below 35°")
	object(!(o.Margins.Ms <= maxMs), "Ms above 1.8")
}

// worseMs is Ms on the plant that is stronger and later. The set-point weight has no part in it.
func (p *proposer) worseMs(g pid.Gains) float64 {
	return MarginsOf(p.model.varied(p.variation, variation), g, p.task.Period).Ms
}

// judge predicts the offer and says what speaks against it besides its margins.
func (o *Offer) judge(p *proposer) {
	worse := p.model.varied(p.variation, variation)
	if o.Worse.Ms == 0 {
		o.Worse.Ms = p.worseMs(o.Gains)
	}
	o.Predicted = p.predictor.run(p.model, o.Gains, p.model.CoolRatio, false)
	o.Worse.Overshoot = p.predictor.run(worse, o.Gains, p.model.CoolRatio, false).Overshoot
	if p.variation > variation { // not linear: it may as well be weaker on the way, where an integral has more to undo
		weaker := p.model.varied(1/p.variation, variation)
		o.Worse.Overshoot = max(o.Worse.Overshoot, p.predictor.run(weaker, o.Gains, p.model.CoolRatio, false).Overshoot)
	}
	if o.Predicted.Overshoot > maxOvershoot {
		o.Objections = append(o.Objections, "overshoots")
	}
	if o.Worse.Overshoot > p.worst || o.Worse.Ms > maxWorseMs {
		o.Objections = append(o.Objections, "not robust: overshoots if the plant is a quarter stronger and later")
	}
	o.Accepted = len(o.Objections) == 0
}

// compared are the rules from the ultimate gain, which are shown beside the others but never recommended.
func (p *proposer) compared() []Offer {
	var found []Offer
	ku, pu := UltimateOf(p.model, p.task.Period)
	if !finite(ku) {
		return nil
	}
	for _, r := range []Rule{ZNPI, ZieglerNichols, TyreusLuybenPI, TyreusLuyben, Pessen, SomeOvershoot, NoOvershoot} {
		g, _ := FromUltimate(r, ku, pu)
		g.N = p.n
		o := Offer{Rule: r, Gains: g, Parallel: g.Parallel(), CoolRatio: p.model.CoolRatio, Margins: MarginsOf(p.model, g, p.task.Period)}
		o.judgeMargins()
		o.judge(p)
		found = append(found, o)
	}
	return found
}

// scale finds the least errors of all candidates, beside which each is scored.
func (p *proposer) scale(all []Offer) {
	p.least = Predicted{IAESetpoint: math.Inf(1), IAELoad: math.Inf(1), TV: math.Inf(1)}
	for _, o := range all {
		if o.Accepted {
			p.least.IAESetpoint = min(p.least.IAESetpoint, o.Predicted.IAESetpoint)
			p.least.IAELoad = min(p.least.IAELoad, o.Predicted.IAELoad)
		}
	}
	nearest := math.Inf(1) // the travel of whoever comes nearest to both is what such errors take
	for _, o := range all {
		if e := o.Predicted.IAESetpoint/p.least.IAESetpoint + o.Predicted.IAELoad/p.least.IAELoad; o.Accepted && e < nearest {
			nearest, p.least.TV = e, o.Predicted.TV
		}
	}
	for i := range all {
		if all[i].Score = math.Inf(1); all[i].Worse.Ms > 0 {
			p.score(&all[i])
		}
	}
}

// score compares an offer's error and travel with the best ones and adds what overshoot and noise in the output cost.
func (p *proposer) score(o *Offer) {
	q := o.Predicted
	o.Score = q.IAESetpoint/p.least.IAESetpoint + q.IAELoad/p.least.IAELoad + travelWeight*q.TV/p.least.TV +
		q.Overshoot/overshootScale + q.RestNoise/noiseScale
}

// Weights of the score: the travel counts a tenth of an error, ten percent of overshoot a fifth of an error, and noise that
// moves the output by 5 % from peak to peak (a standard deviation of 0.8 %), which is usually bearable, a quarter of one.
const (
	travelWeight   = 0.1
	overshootScale = 50
	noiseScale     = 5
)

// bestOfEach keeps the best candidate of each rule, the accepted ones first.
func bestOfEach(all []Offer) []Offer {
	slices.SortStableFunc(all, func(a, b Offer) int {
		if a.Accepted != b.Accepted {
			if a.Accepted {
				return -1
			}
			return 1
		}
		if n := cmp.Compare(len(a.Objections), len(b.Objections)); n != 0 {
			return n
		}
		return cmp.Compare(a.Score, b.Score)
	})
	seen := map[Rule]bool{}
	return slices.DeleteFunc(all, func(o Offer) bool {
		if seen[o.Rule] {
			return true
		}
		seen[o.Rule] = true
		return false
	})
}
