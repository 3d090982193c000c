package tuning

import (
	"math"

	"hypha/internal/pid"
)

// optimised searches for the gains with the best score that keep margins, overshoot and robustness, from the best offers of
// the rules on. (Choosing gains by the best response under a bound on Ms is Åström, Panagopoulos and Hägglund, Automatica 34
// (1998) 585; what is best is here the predicted task.)
func (p *proposer) optimised(start []Offer) []Offer {
	var found []Offer
	for i, o := range start {
		if i >= descents || !o.Accepted {
			break
		}
		dims := 3
		if o.Gains.Td == 0 {
			dims = 2
		}
		offer := func(t times) Offer {
			g := pid.Gains{K: math.Exp(t[0]), Ti: math.Exp(t[1]), B: o.Gains.B, N: p.n}
			if dims == 3 {
				g.Td = g.Ti / 2 / (1 + math.Exp(-t[2])) // up to half of Ti
			}
			n := Offer{Rule: Optimised, Gains: g, Parallel: g.Parallel(), CoolRatio: p.model.CoolRatio, Margins: MarginsOf(p.model, g, p.task.Period)}
			n.judgeMargins()
			if len(n.Objections) == 0 {
				n.judge(p)
			}
			p.score(&n)
			return n
		}
		cost := func(t times) float64 {
			n := offer(t)
			if !n.Accepted {
				return math.Inf(1)
			}
			return n.Score
		}
		from := times{math.Log(o.Gains.K), math.Log(o.Gains.Ti)}
		if dims == 3 {
			part := min(max(2*o.Gains.Td/o.Gains.Ti, 0.02), 0.98)
			from[2] = math.Log(part / (1 - part))
		}
		at, _ := simplex(from, 0.15, dims, evaluations, cost)
		if n := offer(at); n.Accepted {
			found = append(found, n)
		}
	}
	return found
}

// Effort of the search.
const (
	descents    = 3
	evaluations = 120
)
