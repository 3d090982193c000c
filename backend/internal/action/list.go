package action

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"hypha/internal/function"
)

// List are the options of whatever does actions; they are embedded in its own.
type List struct {
	Actions   []Step `json:"actions" required:"true" title:"Actions" help:"Done in this order" min_items:"1" max_items:"50"`
	OnFailure string `json:"on_failure" title:"When an action fails" enum:"continue,stop" enum_titles:"go on with the next,leave out the rest" default:"continue" advanced:"true"`
	Again     string `json:"again" title:"When it is set off again meanwhile" enum:"ignore,restart" enum_titles:"go on,begin anew" default:"ignore" advanced:"true"`
	Priority  int    `json:"priority" title:"Priority" help:"Among functions that want the same output; the higher wins" min:"-100" max:"100" default:"0" advanced:"true"`
}

// Step is one action with its options, which are those of its kind.
type Step struct {
	Kind  string  `json:"kind" required:"true" title:"Action" enum:"output_on,output_off,output_duty,output_value,output_volume,output_ramp,set_point,pid,enable,disable,run,notify,webhook,mqtt,note,log,read,clear_total,backup,command,script" enum_titles:"Switch an output on,Switch an output off,Set a duty,Set a value,Give a volume,Ramp a duty,Set a set-point,Control a PID,Enable,Disable,Give a function an order,Notify,Call a webhook,Publish to MQTT,Write a note,Write to the journal,Read an input now,Reset counters of an output,Make a backup,Run a command,Run a script"`
	Delay float64 `json:"delay_s" title:"Wait before it" min:"0" max:"86400" default:"0" unit:"s"`

	On       *On       `json:"output_on" member:"options" required:"true" title:"Options" when:"kind=output_on"`
	Off      *Off      `json:"output_off" member:"options" required:"true" title:"Options" when:"kind=output_off"`
	Duty     *Duty     `json:"output_duty" member:"options" required:"true" title:"Options" when:"kind=output_duty"`
	Value    *Value    `json:"output_value" member:"options" required:"true" title:"Options" when:"kind=output_value"`
	Volume   *Volume   `json:"output_volume" member:"options" required:"true" title:"Options" when:"kind=output_volume"`
	Ramp     *Ramp     `json:"output_ramp" member:"options" required:"true" title:"Options" when:"kind=output_ramp"`
	SetPoint *SetPoint `json:"set_point" member:"options" required:"true" title:"Options" when:"kind=set_point"`
	PID      *PID      `json:"pid" member:"options" required:"true" title:"Options" when:"kind=pid"`
	Enable   *Enable   `json:"enable" member:"options" required:"true" title:"Options" when:"kind=enable"`
	Disable  *Disable  `json:"disable" member:"options" required:"true" title:"Options" when:"kind=disable"`
	Run      *Run      `json:"run" member:"options" required:"true" title:"Options" when:"kind=run"`
	Notify   *Notify   `json:"notify" member:"options" required:"true" title:"Options" when:"kind=notify"`
	Webhook  *Webhook  `json:"webhook" member:"options" required:"true" title:"Options" when:"kind=webhook"`
	MQTT     *MQTT     `json:"mqtt" member:"options" required:"true" title:"Options" when:"kind=mqtt"`
	Note     *Note     `json:"note" member:"options" required:"true" title:"Options" when:"kind=note"`
	Log      *Log      `json:"log" member:"options" required:"true" title:"Options" when:"kind=log"`
	Read     *Read     `json:"read" member:"options" required:"true" title:"Options" when:"kind=read"`
	Clear    *Clear    `json:"clear_total" member:"options" required:"true" title:"Options" when:"kind=clear_total"`
	Command  *Command  `json:"command" member:"options" required:"true" title:"Options" when:"kind=command"`
	Script   *Script   `json:"script" member:"options" required:"true" title:"Options" when:"kind=script"`
}

// act is what a kind of action does.
type act interface {
	// do acts. When it returns a time it has not finished and is called again then, with the same occasion.
	do(o *occasion) (again time.Time, err error)
	// uses names what of the configuration it refers to, below the options at a path.
	uses(at string) function.Uses
	// words say for people what it does: "switch output 3 on".
	words() string
}

// act is the action of the step's kind; nil for a kind that this program does not know, which decoding has refused.
func (s Step) act() act {
	switch s.Kind {
	case "output_on":
		return s.On
	case "output_off":
		return s.Off
	case "output_duty":
		return s.Duty
	case "output_value":
		return s.Value
	case "output_volume":
		return s.Volume
	case "output_ramp":
		return s.Ramp
	case "set_point":
		return s.SetPoint
	case "pid":
		return s.PID
	case "enable":
		return s.Enable
	case "disable":
		return s.Disable
	case "run":
		return s.Run
	case "notify":
		return s.Notify
	case "webhook":
		return s.Webhook
	case "mqtt":
		return s.MQTT
	case "note":
		return s.Note
	case "log":
		return s.Log
	case "read":
		return s.Read
	case "clear_total":
		return s.Clear
	case "backup":
		return backup{}
	case "command":
		return s.Command
	case "script":
		return s.Script
	}
	return nil
}

// Uses names what the actions refer to, so that what does not exist is refused when they are configured.
func (l List) Uses() function.Uses {
	var u function.Uses
	for n, s := range l.Actions {
		one := s.act().uses(fmt.Sprintf("actions[%d].options", n))
		u.Channels = append(u.Channels, one.Channels...)
		u.Outputs = append(u.Outputs, one.Outputs...)
		u.Functions = append(u.Functions, one.Functions...)
		u.Methods = append(u.Methods, one.Methods...)
	}
	return u
}

// Lasting tells whether doing the list takes time, so that a restart can cut it short.
func (l List) Lasting() bool {
	for _, s := range l.Actions {
		if s.Delay > 0 || s.Ramp != nil {
			return true
		}
	}
	return false
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Kinds are the kinds of actions, in the order in which forms offer them.
func Kinds() []string {
	field, _ := reflect.TypeFor[Step]().FieldByName("Kind")
	return strings.Split(field.Tag.Get("enum"), ",")
}
