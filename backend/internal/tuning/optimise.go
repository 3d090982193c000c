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
		if o.Gains.Td > 0 {
			dims = 4
		}
		offer := func(at place) Offer {
			g := pid.Gains{K: math.Exp(at[0]), Ti: math.Exp(at[1]), B: part(at[2]), N: p.n}
			if dims == 4 {
				g.Td = g.Ti / 2 * part(at[3])
			}
			n := Offer{Rule: Optimised, Gains: g, Parallel: g.Parallel(), CoolRatio: p.model.CoolRatio, Margins: MarginsOf(p.model, g, p.task.Period)}
			n.judgeMargins()
			if len(n.Objections) == 0 {
				n.judge(p)
			}
			p.score(&n)
			return n
		}
		cost := func(at place) float64 {
			n := offer(at)
			if !n.Accepted {
				return math.Inf(1)
			}
			return n.Score
		}
		from := place{math.Log(o.Gains.K), math.Log(o.Gains.Ti), logit(o.Gains.B), logit(2 * o.Gains.Td / o.Gains.Ti)}
		at, _ := simplex(from, 0.4, dims, evaluations, cost)
		if n := offer(at); n.Accepted {
			found = append(found, n)
		}
	}
	return found
}

// Effort of the search.
const (
	descents    = 3
	evaluations = 200
)
