package action

import (
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
)

// SetPoint changes the set-point of a PID.
type SetPoint struct {
	Function int64    `json:"function" required:"true" title:"PID" format:"function" min:"1"`
	Mode     string   `json:"mode" title:"How" enum:"to,raise,lower" enum_titles:"to a value,raise it,lower it" default:"to"`
	Value    float64  `json:"value" required:"true" title:"Value, or by how much" help:"In the unit of the measurement"`
	Min      *float64 `json:"min" title:"Not below" help:"An action that would lower it further fails" when:"mode=raise|lower"`
	Max      *float64 `json:"max" title:"Not above" help:"An action that would raise it further fails" when:"mode=raise|lower"`
}

// Validate sees that a step has a direction.
func (a *SetPoint) Validate() error {
	if a.Mode != "to" && a.Value <= 0 {
		return option.Errors{{Field: "value", Message: "must be above 0: mode says in which direction"}}
	}
	return nil
}

func (a *SetPoint) do(o *occasion) (time.Time, error) {
	args := map[string]any{"value": a.Value}
	if a.Mode != "to" {
		by := a.Value
		if a.Mode == "lower" {
			by = -by
		}
		args = map[string]any{"by": by, "min": a.Min, "max": a.Max}
	}
	return time.Time{}, o.order(otherwise, "set_point", functionRef(a.Function), args)
}
func (a *SetPoint) uses(at string) function.Uses { return controls(at, a.Function) }
func (a *SetPoint) words() string {
	how := map[string]string{"to": "set the set-point of %s to %g", "raise": "raise the set-point of %s by %g", "lower": "lower the set-point of %s by %g"}
	return fmt.Sprintf(how[a.Mode], functionRef(a.Function), a.Value)
}

// PID holds, pauses and resumes a PID, or gives it another method.
type PID struct {
	Function int64  `json:"function" required:"true" title:"PID" format:"function" min:"1"`
	Do       string `json:"do" required:"true" title:"What" enum:"hold,pause,resume,method" enum_titles:"hold its output,pause it,let it go on,give it a method"`
	Method   int64  `json:"method" title:"Method" help:"0: a fixed set-point again" format:"method" min:"0" when:"do=method"`
}

func (a *PID) do(o *occasion) (time.Time, error) {
	args := map[string]any{}
	switch a.Do {
	case "hold":
		args["hold"] = true
	case "pause":
		args["pause"] = true
	case "resume":
		args["hold"], args["pause"] = false, false
	case "method":
		args["method"] = a.Method
	}
	return time.Time{}, o.order(otherwise, "adjust", functionRef(a.Function), args)
}

func (a *PID) uses(at string) function.Uses {
	u := controls(at, a.Function)
	if a.Method != 0 {
		u.Methods = []function.MethodUse{{Field: at + ".method", ID: a.Method}}
	}
	return u
}

func (a *PID) words() string {
	if a.Do == "method" {
		return fmt.Sprintf("give %s method %d", functionRef(a.Function), a.Method)
	}
	return a.Do + " " + functionRef(a.Function)
}

// Enable enables an input, output or function.
type Enable struct {
	Ref string `json:"ref" required:"true" title:"What" help:"input/1, output/2 or function/3" placeholder:"function/3" pattern:"^(input|output|function)/[1-9][0-9]{0,9}$"`
}

// Disable disables one; the outputs of a disabled function fall down their ladder.
type Disable struct {
	Ref string `json:"ref" required:"true" title:"What" help:"input/1, output/2 or function/3" placeholder:"function/3" pattern:"^(input|output|function)/[1-9][0-9]{0,9}$"`
}

func (a *Enable) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "enable", a.Ref, nil)
}
func (a *Enable) uses(at string) function.Uses { return named(at, a.Ref) }
func (a *Enable) words() string                { return "enable " + a.Ref }

func (a *Disable) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "disable", a.Ref, nil)
}
func (a *Disable) uses(at string) function.Uses { return named(at, a.Ref) }
func (a *Disable) words() string                { return "disable " + a.Ref }

// Run gives a function an order of its kind: a conditional to run, another trigger to fire.
type Run struct {
	Function int64  `json:"function" required:"true" title:"Function" format:"function" min:"1"`
	Order    string `json:"order" title:"Order" help:"run of a conditional, fire of a trigger, reset of a PID" default:"run" pattern:"^[a-z][a-z-]{0,39}$" placeholder:"run"`
}

func (a *Run) do(o *occasion) (time.Time, error) {
	return time.Time{}, o.order(otherwise, "order", functionRef(a.Function), map[string]any{"order": a.Order})
}
func (a *Run) uses(at string) function.Uses { return controls(at, a.Function) }
func (a *Run) words() string                { return "tell " + functionRef(a.Function) + " to " + a.Order }

func functionRef(id int64) string { return fmt.Sprintf("function/%d", id) }

func controls(at string, id int64) function.Uses {
	return function.Uses{Functions: []function.FunctionUse{{Field: at + ".function", ID: id}}}
}

// named are the uses of a ref. Of inputs and outputs as a whole nobody keeps account: that they are there shows when it is done.
func named(at, ref string) function.Uses {
	var id int64
	if n, err := fmt.Sscanf(ref, "function/%d", &id); err == nil && n == 1 {
		return function.Uses{Functions: []function.FunctionUse{{Field: at + ".ref", ID: id}}}
	}
	return function.Uses{}
}
