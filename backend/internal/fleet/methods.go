package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hypha/internal/method"
	"hypha/internal/option"
	"hypha/internal/settings"
	"hypha/internal/sun"
)

// MethodDraft is a method as a person writes it.
type MethodDraft struct {
	Name       string          `json:"name"`
	Definition json.RawMessage `json:"definition" swaggertype:"object"`
}

// decodeMethod judges a definition; its faults are below "definition".
func decodeMethod(raw json.RawMessage) (d method.Definition, err error) {
	var bad faults
	bad.under("definition", method.Spec().Decode(raw, &d))
	return d, bad.err()
}

// checkMethod judges a draft; self is the method's own number when it exists.
func (f *Fleet) checkMethod(ctx context.Context, d MethodDraft, self int64) error {
	var bad faults
	bad.name("name", d.Name)
	def, err := decodeMethod(d.Definition)
	if err != nil {
		bad.under("", err)
		return bad.err()
	}
	if _, err := f.compileMethod(ctx, def, time.Time{}, self); err != nil {
		bad.under("definition", err)
	}
	return bad.err()
}

// compileMethod makes a definition ready. Whoever it names must not lead back to self.
func (f *Fleet) compileMethod(ctx context.Context, def method.Definition, start time.Time, self int64) (*method.Method, error) {
	c := method.Context{Start: start, Zone: f.cfg.Place.Zone, Methods: func(id int64) (method.Definition, error) {
		if id == self && self != 0 {
			return method.Definition{}, errors.New("is this method itself")
		}
		row, err := f.cfg.Store.Methods.Get(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return method.Definition{}, fmt.Errorf("there is no method %d", id)
		}
		if err != nil {
			return method.Definition{}, err
		}
		return decodeMethod(row.Definition)
	}}
	if f.cfg.HasPlace {
		c.Place = &sun.Place{Latitude: f.cfg.Place.Latitude, Longitude: f.cfg.Place.Longitude}
	}
	return method.New(def, c)
}

// CreateMethod stores a method.
func (f *Fleet) CreateMethod(ctx context.Context, d MethodDraft, by string) (settings.Method, error) {
	if err := f.checkMethod(ctx, d, 0); err != nil {
		return settings.Method{}, err
	}
	row := settings.Method{Item: settings.Item{Name: d.Name}, Definition: d.Definition}
	if err := f.cfg.Store.Methods.Create(ctx, &row); err != nil {
		return settings.Method{}, err
	}
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("The method %s was added", row.Name))
	return row, nil
}

// UpdateMethod applies a JSON merge patch. Whoever follows the method does so from the next step on.
func (f *Fleet) UpdateMethod(ctx context.Context, id int64, patch json.RawMessage, by string) (settings.Method, error) {
	row, err := f.cfg.Store.Methods.Get(ctx, id)
	if err != nil {
		return row, err
	}
	after, err := merge(MethodDraft{Name: row.Name, Definition: row.Definition}, patch)
	if err != nil {
		return row, err
	}
	if err := f.checkMethod(ctx, after, id); err != nil {
		return row, err
	}
	row, err = f.cfg.Store.Methods.Update(ctx, id, func(m *settings.Method) error {
		m.Name, m.Definition = after.Name, after.Definition
		return nil
	})
	if err != nil {
		return row, err
	}
	f.methods.forget()
	f.journal.audit(row.Ref(), "updated", by, fmt.Sprintf("The method %s was changed", row.Name))
	return row, nil
}

// DeleteMethod puts a method into the bin. One that is followed is kept.
func (f *Fleet) DeleteMethod(ctx context.Context, id int64, by string) error {
	row, err := f.cfg.Store.Methods.Get(ctx, id)
	if err != nil {
		return err
	}
	followers, err := f.followers(ctx, id)
	if err != nil {
		return err
	}
	if len(followers) > 0 {
		return option.Errors{{Field: "id", Message: fmt.Sprintf("%s follows this method: give it another set-point first", followers[0])}}
	}
	if err := f.cfg.Store.Methods.SoftDelete(ctx, id); err != nil {
		return err
	}
	f.methods.forget()
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("The method %s was deleted", row.Name))
	return nil
}

// followers are the names of functions and methods that follow a method.
func (f *Fleet) followers(ctx context.Context, id int64) (names []string, err error) {
	functions, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, fn := range functions {
		var o struct {
			Method int64 `json:"method"`
		}
		if json.Unmarshal(fn.Options, &o) == nil && o.Method == id {
			names = append(names, fn.Name)
		}
	}
	methods, _, err := f.cfg.Store.Methods.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, m := range methods {
		def, err := decodeMethod(m.Definition)
		if err == nil && slices.ContainsFunc(def.Methods, func(l method.Link) bool { return l.Method == id }) {
			names = append(names, m.Name)
		}
	}
	return names, nil
}

// RestoreMethod takes a method out of the bin.
func (f *Fleet) RestoreMethod(ctx context.Context, id int64, by string) (settings.Method, error) {
	row, err := f.cfg.Store.Methods.Restore(ctx, id)
	if err != nil {
		return row, err
	}
	f.methods.forget()
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("The method %s was brought back", row.Name))
	return row, nil
}

// Method returns one method, Methods lists them.
func (f *Fleet) Method(ctx context.Context, id int64) (settings.Method, error) {
	return f.cfg.Store.Methods.Get(ctx, id)
}

// Methods lists methods by id.
func (f *Fleet) Methods(ctx context.Context, filter settings.Filter) ([]settings.Method, int64, error) {
	return f.cfg.Store.Methods.List(ctx, filter)
}

// PreviewMethod computes a definition that need not be stored. A method with a beginning begins at start.
func (f *Fleet) PreviewMethod(ctx context.Context, definition json.RawMessage, start, from, to time.Time, points int) ([]method.Sample, error) {
	def, err := decodeMethod(definition)
	if err != nil {
		return nil, err
	}
	var bad faults
	m, err := f.compileMethod(ctx, def, start, 0)
	if err != nil {
		bad.under("definition", err)
		return nil, bad.err()
	}
	return m.Preview(from, to, points)
}

// MethodSchema is the JSON Schema of definitions.
func MethodSchema() json.RawMessage { return method.Spec().Schema() }
