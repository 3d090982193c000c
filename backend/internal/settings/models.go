package settings

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hypha/internal/measure"
)

// Item is what inputs, outputs, functions and zones have in common. ID, CreatedAt, UpdatedAt and DeletedAt are kept by
// the repositories.
type Item struct {
	ID        int64 `gorm:"primaryKey"`
	Name      string
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt gorm.DeletedAt // valid = in the bin, until Restore or Purge
}

// Input is a configured sensor or data source.
type Input struct {
	Item
	Kind                   string
	Options                json.RawMessage `gorm:"serializer:json"` // of the kind, secrets sealed; nil = none
	Enabled                bool
	ZoneID                 *int64
	PeriodS                float64 // seconds between two reads; 0 = event driven
	TimeoutS               float64 // seconds a read may take
	FailuresBeforeDegraded int     // failed reads in a row
}

// Ref names the input in events, controllers and channels: "input/3".
func (i Input) Ref() string { return Ref("input", i.ID) }

// Output is a configured actuator. Create and Update store its Channels with it.
type Output struct {
	Item
	Kind     string
	Options  json.RawMessage `gorm:"serializer:json"` // of the kind, secrets sealed; nil = none
	Enabled  bool
	ZoneID   *int64
	TimeoutS float64         // seconds a write may take
	Channels []OutputChannel `gorm:"foreignKey:OutputID"` // by Index
}

// Ref names the output in events and controllers: "output/1".
func (o Output) Ref() string { return Ref("output", o.ID) }

// OutputChannel is one channel of an output. The JSON columns belong to package output; nil = not set.
type OutputChannel struct {
	OutputID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Index     int   `gorm:"column:idx;primaryKey;autoIncrement:false"`
	Name      string
	Type      string          // on_off, pwm, volume or value
	Limits    json.RawMessage `gorm:"serializer:json"`
	Safe      json.RawMessage `gorm:"serializer:json"`
	AtStart   json.RawMessage `gorm:"serializer:json"`
	AtStop    json.RawMessage `gorm:"serializer:json"`
	Interlock string          // group of which one member at a time may be on; "" = none
	CurrentA  float64         // ampere drawn when on; 0 = unknown
	Guard     json.RawMessage `gorm:"serializer:json"` // ladder on failure, feedback and further guards
}

// OutputState is what an output channel was last told. It is written before the command goes out, so that after a crash
// a timed command can be finished or made safe.
type OutputState struct {
	OutputID   int64           `gorm:"primaryKey;autoIncrement:false"`
	Index      int             `gorm:"column:idx;primaryKey;autoIncrement:false"`
	Command    json.RawMessage `gorm:"serializer:json"` // {"on":true}, {"duty":40}, ...
	Since      time.Time
	EndsAt     *time.Time // deadline of a timed command
	By         string     // who: "user:maya", "function/2", "safe", ...
	LeaseUntil *time.Time // the driver must renew before
	Reason     string
	Chain      json.RawMessage `gorm:"serializer:json"` // what led to it; nil = nothing is known
	OnSince    *time.Time      // since when it is on without a break; nil = it is not on
	Resume     json.RawMessage `gorm:"serializer:json"` // the timed command that the end of the program has cut short; nil = none
}

// Function is configured logic: PID, hysteresis, conditional, ...
type Function struct {
	Item
	Kind    string
	Options json.RawMessage `gorm:"serializer:json"` // of the kind, secrets sealed; nil = none
	Enabled bool
	ZoneID  *int64
}

// Ref names the function in events, controllers and channels: "function/2".
func (f Function) Ref() string { return Ref("function", f.ID) }

// Zone is a place or vessel. A deleted zone keeps its members, so that Restore brings them back; Purge frees them.
type Zone struct {
	Item
	Description string
	Icon        string          // name of an icon; "" = the usual one
	Targets     json.RawMessage `gorm:"serializer:json"` // [{channel, min?, max?}]
}

// Ref names the zone in events: "zone/4".
func (z Zone) Ref() string { return Ref("zone", z.ID) }

// Channel is one measured series. Name, Unit, ExpectedIntervalS and what follows belong to the user, SourceName and
// SourceUnit to the kind.
type Channel struct {
	ID                measure.ChannelID `gorm:"primaryKey"`
	Owner             string            // "input/3"
	Index             int               `gorm:"column:idx"` // position in its owner's readings
	Name              string
	SourceName        string // as the kind or the options declare it: what Channels.Sync recognises it by
	Quantity          measure.Quantity
	Unit              measure.Unit // of the stored and shown values
	SourceUnit        measure.Unit // of what the driver reads
	ExpectedIntervalS float64      // seconds of silence after which it is stale; 0 = never
	ValidMin          *float64     // in Unit; beyond it a reading is out_of_range
	ValidMax          *float64
	Calibration       json.RawMessage `gorm:"serializer:json"` // nil = none
	Filters           json.RawMessage `gorm:"serializer:json"` // nil = none
	CreatedAt         time.Time
	UpdatedAt         time.Time
	DeletedAt         gorm.DeletedAt
}

// Ref writes the name by which the rest of the program calls an item: "input/3".
func Ref(what string, id int64) string { return fmt.Sprintf("%s/%d", what, id) }
