package method

import (
	"encoding/json"
	"fmt"

	"hypha/internal/option"
)

// Kind says what a method follows.
type Kind string

// The kinds of methods.
const (
	Daily        Kind = "daily"
	Duration     Kind = "duration"
	Date         Kind = "date"
	Sine         Kind = "sine"
	Bezier       Kind = "bezier"
	Cascade      Kind = "cascade"
	SunFollowing Kind = "sun_following"
	CSV          Kind = "csv"
)

// Shape is the way from one value to the next.
type Shape string

// The shapes. None leaves a gap without a value.
const (
	Step   Shape = "step"
	Linear Shape = "linear"
	Smooth Shape = "smooth" // half a cosine wave
	None   Shape = "none"
	Arc    Shape = "arc" // of sun_following only: half a sine wave from sunrise to sunset
)

// Ending says what holds after the last point.
type Ending string

// The endings.
const (
	Hold Ending = "hold" // the last value stays
	End  Ending = "end"  // there is no value any more
)

// Combination says how a cascade makes one value of several.
type Combination string

// The combinations.
const (
	Product Combination = "product"
	Sum     Combination = "sum"
	Minimum Combination = "minimum"
	Maximum Combination = "maximum"
)

// Definition is a method as users configure it. Values are in the unit of whatever follows the method.
type Definition struct {
	Kind Kind `json:"kind" required:"true" enum:"daily,duration,date,sine,bezier,cascade,sun_following,csv" enum_titles:"Daily,Duration,Dates,Sine wave,Bézier curve,Cascade,Sun,Table (CSV)" title:"Kind"`

	Points []Point `json:"points" required:"true" min_items:"1" when:"kind=daily|date" title:"Points"`
	Steps  []Leg   `json:"steps" required:"true" min_items:"1" when:"kind=duration" title:"Steps"`

	Mean      float64 `json:"mean" default:"0" when:"kind=sine" title:"Mean"`
	Amplitude float64 `json:"amplitude" default:"1" when:"kind=sine" title:"Amplitude" help:"Half the way from the lowest to the highest value"`
	PeakAt    string  `json:"peak_at" default:"12:00" when:"kind=sine" title:"Highest at" placeholder:"12:00"`
	Cycles    int     `json:"cycles_per_day" default:"1" min:"1" max:"1440" when:"kind=sine" title:"Waves a day"`

	Curve   []CurvePoint `json:"curve" required:"true" min_items:"4" max_items:"4" when:"kind=bezier" title:"Curve" help:"Start, two control points, end"`
	Outside Ending       `json:"outside" default:"hold" enum:"hold,end" enum_titles:"the end value holds,no value" when:"kind=bezier" title:"Between end and start"`

	Combine Combination `json:"combine" default:"product" enum:"product,sum,minimum,maximum" when:"kind=cascade" title:"Combine as"`
	Methods []Link      `json:"methods" required:"true" min_items:"1" max_items:"20" when:"kind=cascade" title:"Methods"`

	Night        float64 `json:"night" required:"true" when:"kind=sun_following" title:"Night value"`
	Day          float64 `json:"day" required:"true" when:"kind=sun_following" title:"Day value"`
	RiseOffset   float64 `json:"sunrise_offset_s" default:"0" min:"-43200" max:"43200" unit:"s" when:"kind=sun_following" title:"Begin after sunrise"`
	SetOffset    float64 `json:"sunset_offset_s" default:"0" min:"-43200" max:"43200" unit:"s" when:"kind=sun_following" title:"End after sunset"`
	Course       Shape   `json:"course" default:"step" enum:"step,linear,smooth,arc" enum_titles:"At once,Ramps,Smooth ramps,Arc" when:"kind=sun_following" title:"Course"`
	Ramp         float64 `json:"ramp_s" default:"1800" min:"1" max:"43200" unit:"s" when:"course=linear|smooth" title:"Length of a ramp"`
	FallbackRise string  `json:"fallback_sunrise" when:"kind=sun_following" title:"Sunrise of a day without one" placeholder:"06:00" help:"Beyond the polar circles; left empty, such a day has no value"`
	FallbackSet  string  `json:"fallback_sunset" when:"kind=sun_following" title:"Sunset of a day without one" placeholder:"18:00"`

	Clock Kind   `json:"clock" default:"daily" enum:"daily,duration,date" enum_titles:"Times of the day,Seconds since the start,Dates" when:"kind=csv" title:"First column"`
	Table string `json:"csv" required:"true" when:"kind=csv" format:"multiline" title:"Table" placeholder:"06:00,18" help:"A time and a value on each line"`
	ToAll Shape  `json:"between" default:"linear" enum:"step,linear,smooth" when:"kind=csv" title:"Between two lines"`

	Repeat int    `json:"repeat" default:"1" min:"0" max:"1000000" when:"kind=duration" title:"How often" help:"0: for ever"`
	Then   Ending `json:"then" default:"end" enum:"hold,end" enum_titles:"hold the last value,no value" title:"Afterwards" help:"Of methods that end"`
}

// Point is a value at a time of the day (daily), "06:30", or on the calendar (date): "2026-03-01", "2026-03-01 06:30" in
// local time or RFC 3339.
type Point struct {
	At     string  `json:"at" required:"true" title:"At" placeholder:"06:30"`
	Value  float64 `json:"value" required:"true" title:"Value"`
	ToNext Shape   `json:"to_next" default:"step" enum:"step,linear,smooth,none" title:"To the next point"`
}

// Leg is a part of a duration method.
type Leg struct {
	Duration float64  `json:"duration_s" required:"true" min:"0.001" max:"315360000" unit:"s" title:"Duration"`
	From     float64  `json:"from" required:"true" title:"From"`
	To       *float64 `json:"to" title:"To" help:"Left empty: the value stays"`
	Shape    Shape    `json:"shape" default:"linear" enum:"step,linear,smooth,none" title:"Shape" help:"step keeps the first value to the end"`
}

// CurvePoint is one of the four points of a Bézier curve.
type CurvePoint struct {
	At    string  `json:"at" required:"true" title:"At" placeholder:"06:30"`
	Value float64 `json:"value" required:"true" title:"Value"`
}

// Link is a part of a cascade: the method with that number, its value times Weight (0.01 for one in percent).
type Link struct {
	Method int64   `json:"method" required:"true" min:"1" title:"Method"`
	Weight float64 `json:"weight" default:"1" title:"Times"`
}

// Spec describes definitions: their defaults, faults and JSON Schema.
func Spec() *option.Spec { return option.MustFor[Definition]() }

// Check tells what is wrong with a definition that was not made by Spec().Decode; it does not fill in defaults. The error
// is an option.Errors.
func (d Definition) Check() error {
	raw, err := json.Marshal(d)
	if err != nil {
		return option.Errors{{Message: fmt.Sprintf("must consist of finite numbers: %v", err)}}
	}
	var same Definition
	return Spec().Decode(raw, &same)
}

// Validate is called by package option; it says what the tags cannot.
func (d *Definition) Validate() error {
	_, err := d.compile(nil)
	return err
}
