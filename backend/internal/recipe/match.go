package recipe

import (
	"cmp"
	"slices"
	"strings"

	"hypha/internal/measure"
)

// Filling is what plays a role.
type Filling struct {
	How     string            `json:"how" enums:"channel,output,simulated,none"`
	Channel measure.ChannelID `json:"channel,omitempty" swaggertype:"integer"` // how=channel
	Output  int64             `json:"output,omitempty"`                        // how=output
	Index   int               `json:"index,omitempty"`                         // its channel
} //	@name	RecipeFilling

// Candidate could play a role.
type Candidate struct {
	Filling
	Name string `json:"name"`
	Type string `json:"type,omitempty"` // of an output's channel
	// Fits: its name speaks for it, so that it is taken unless the person says otherwise.
	Fits bool `json:"fits"`

	score int
}

// thing is a channel or an output's channel, as far as roles look at it.
type thing struct {
	Filling
	name     string
	quantity measure.Quantity
	kind     string // of an output's channel
	busy     bool   // it is part of something else
}

// candidates of a role, the best first.
func (r Role) candidates(things []thing) []Candidate {
	list := []Candidate{}
	for _, t := range things {
		if r.Output != (t.How == "output") || !r.Output && t.quantity != r.Quantity || r.Output && !slices.Contains(r.Types, t.kind) {
			continue
		}
		c := Candidate{Filling: t.Filling, Name: t.name, Type: t.kind}
		name := lower(t.name)
		preferred := slices.ContainsFunc(r.Prefer, func(w string) bool { return strings.Contains(name, w) })
		avoided := slices.ContainsFunc(r.Avoid, func(w string) bool { return strings.Contains(name, w) })
		if preferred {
			c.score += 4
		}
		if avoided {
			c.score -= 4
		}
		if t.busy {
			c.score -= 2
		}
		// A sensor of the right quantity will do; what hangs on a relay only its name tells.
		c.Fits = !avoided && !t.busy && (preferred || !r.Output)
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.score, a.score) })
	return list
}

// assign fills the roles: by what the person has chosen, else by what fits and plays no other role, else by a stand-in where the
// role is needed.
func assign(roles []Role, of map[string][]Candidate, chosen map[string]Filling) map[string]Filling {
	taken := map[Filling]bool{}
	filled := map[string]Filling{}
	for id, f := range chosen {
		filled[id] = f
		taken[f] = true
	}
	for _, r := range roles {
		if _, ok := filled[r.ID]; ok {
			continue
		}
		f := Filling{How: "none"}
		if n := slices.IndexFunc(of[r.ID], func(c Candidate) bool { return c.Fits && !taken[c.Filling] }); n >= 0 {
			f = of[r.ID][n].Filling
			taken[f] = true
		} else if r.Required && r.StandIn != nil {
			f.How = "simulated"
		}
		filled[r.ID] = f
	}
	return filled
}
