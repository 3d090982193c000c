package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/refine"
	"hypha/internal/wire"
)

// Diagnosis is what a device said when somebody looked, and what became of each value.
type Diagnosis struct {
	At        fleet.Time      `json:"at" swaggertype:"string" format:"date-time"`
	TookMS    float64         `json:"took_ms"`
	Way       string          `json:"way" enums:"read,listen,push"` // read once, listened to for a few seconds, or readings come through the API
	Error     string          `json:"error,omitempty"`              // why there is no answer as a whole
	Exchanges []exchange      `json:"exchanges"`                    // as far as the driver can tell, without secrets, oldest first
	More      int             `json:"more"`                         // exchanges that are not shown
	Channels  []diagnosedView `json:"channels"`
} //	@name	Diagnosis

type exchange struct {
	At     fleet.Time `json:"t" swaggertype:"string" format:"date-time"`
	Way    string     `json:"way" enums:"http,mqtt,file,bus"`
	To     string     `json:"to"`               // address, topic, path or place on the bus
	Asked  string     `json:"asked,omitempty"`  // what was sent
	Status string     `json:"status,omitempty"` // of the answer
	Answer string     `json:"answer"`           // its beginning; bytes that are no text in hexadecimal
	Binary bool       `json:"binary"`
	Bytes  int        `json:"bytes"` // of the whole answer
	Cut    bool       `json:"cut"`   // there is more than is shown
	Error  string     `json:"error,omitempty"`
} //	@name	Exchange

type diagnosedView struct {
	Channel    measure.ChannelID `json:"channel" swaggertype:"integer"`
	Index      int               `json:"index"`
	Name       string            `json:"name"`
	Quantity   measure.Quantity  `json:"quantity" swaggertype:"string"`
	RawUnit    measure.Unit      `json:"raw_unit" swaggertype:"string"`      // of raw and calibrated
	Unit       measure.Unit      `json:"unit" swaggertype:"string"`          // of converted
	Raw        *float64          `json:"raw" extensions:"x-nullable"`        // null: the device gave none
	Calibrated *float64          `json:"calibrated" extensions:"x-nullable"` // null: there is no calibration, or no value
	Converted  *float64          `json:"converted" extensions:"x-nullable"`  // before filters, which judge a sequence
	Quality    *measure.Quality  `json:"quality" extensions:"x-nullable" swaggertype:"string" enums:"good,stale,out_of_range,rejected,substituted,calibrating"`
	Why        string            `json:"why,omitempty"`   // the reason of a quality other than good
	Error      string            `json:"error,omitempty"` // why there is no value
	Note       string            `json:"note,omitempty"`
	Filters    []refine.Filter   `json:"filters"`
} //	@name	DiagnosedChannel

// diagnose godoc
//
//	@Summary		Look at what a device really says
//	@Description	Opens the device beside the running input, reads it once or listens for a few seconds, and tells what was sent and answered (excerpts, without secrets) and what calibration, conversion and ranges make of each value. Nothing is stored or handed on.
//	@Tags			inputs
//	@Param			id			path		int	true	"input"
//	@Success		200			{object}	Diagnosis	"also when the device does not answer: error says why"
//	@Failure		404,409,422	{object}	Problem		"unknown; somebody looks at it already; its settings cannot be used"
//	@Router			/inputs/{id}/diagnosis [post]
func (h *inputs) diagnose(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	d, err := h.fleet.Diagnose(c.Request().Context(), n)
	if err != nil {
		return err
	}
	v := Diagnosis{
		At: fleet.Time(d.At), TookMS: float64(d.Took) / float64(time.Millisecond), Way: "read", Error: d.Error, More: d.More,
		Exchanges: mapped(d.Exchanges, viewExchange), Channels: mapped(d.Channels, viewDiagnosed),
	}
	switch {
	case d.Pushed:
		v.Way = "push"
	case d.Listened:
		v.Way = "listen"
	}
	return c.JSON(http.StatusOK, v)
}

func viewExchange(e wire.Exchange) exchange {
	return exchange{
		At: fleet.Time(e.At), Way: e.Way, To: e.To, Asked: e.Asked, Status: e.Status, Answer: e.Answer, Binary: e.Binary,
		Bytes: e.Bytes, Cut: e.Cut, Error: e.Error,
	}
}

func viewDiagnosed(d fleet.DiagnosedChannel) diagnosedView {
	v := diagnosedView{
		Channel: d.ID, Index: d.Index, Name: d.Name, Quantity: d.Channel.Quantity, RawUnit: d.SourceUnit, Unit: d.Unit,
		Raw: d.Raw, Calibrated: d.Calibrated, Converted: d.Converted, Why: d.Why, Error: d.Error, Note: d.Note, Filters: d.Filters,
	}
	if d.Converted != nil {
		v.Quality = &d.Quality
	}
	if v.Filters == nil {
		v.Filters = []refine.Filter{}
	}
	return v
}
