package fleet

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"

	"hypha/internal/measure"
	"hypha/internal/settings"
)

func TestUnitsOfUsersSurviveARestartAndConvert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		// "deci" is based on "reaumur" and comes before it in the list that the store keeps.
		for _, u := range []settings.UserUnit{
			{ID: "reaumur", Name: "Réaumur", Symbol: "°Ré", Base: "C", Scale: 1.25},
			{ID: "deci", Name: "a tenth of it", Base: "reaumur", Scale: 0.1},
		} {
			if err := w.AddUnit(t.Context(), u, by); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.AddQuantity(t.Context(), settings.UserQuantity{ID: "leaf", Name: "Leaf", Units: []string{"deci", "reaumur"}}, by); err != nil {
			t.Fatal(err)
		}
		in := w.addInput(`{"name":"P","kind":"fake_push","options":{"channels":[{"name":"a","quantity":"leaf","unit":"deci"}]}}`)
		w.restart()
		if a, err := w.Catalogue().Conversion("C", "deci"); err != nil || a.Scale != 8 {
			t.Errorf("after the restart °C become deci by %+v, %v", a, err)
		}
		wantState(t, w, in.Ref(), "running")
		units, quantities, err := w.UserDefined(t.Context())
		if err != nil || !units["deci"] || !units["reaumur"] || len(units) != 2 || !quantities["leaf"] || len(quantities) != 1 {
			t.Errorf("of users are %v and %v, %v", units, quantities, err)
		}
		if got := w.messages("audit", "was added"); len(got) != 4 {
			t.Errorf("the journal has %q", got)
		}
	})
}

func TestWhatIsInUseIsNotRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		if err := errors.Join(
			w.AddUnit(t.Context(), settings.UserUnit{ID: "shoe", Name: "Shoe", Scale: 1}, by),
			w.AddUnit(t.Context(), settings.UserUnit{ID: "foot", Name: "Foot", Base: "shoe", Scale: 2}, by),
			w.AddQuantity(t.Context(), settings.UserQuantity{ID: "size", Name: "Size", Units: []string{"shoe"}}, by),
		); err != nil {
			t.Fatal(err)
		}
		w.addInput(`{"name":"P","kind":"fake_push","options":{"channels":[{"name":"a","quantity":"size","unit":"foot"}]}}`)
		remove := func(unit string) error { return w.RemoveUnit(t.Context(), unit, by) }
		for what, err := range map[string]error{
			"a unit of a channel": remove("foot"), "a unit that others rely on": remove("shoe"), "a unit of Hypha's own": remove("C"),
			"a quantity of a channel":     w.RemoveQuantity(t.Context(), "size", by),
			"a quantity of Hypha's own":   w.RemoveQuantity(t.Context(), "temperature", by),
			"the source unit of channels": func() error { w.patchChannel(1, `{"unit":"shoe"}`); return remove("foot") }(),
		} {
			if !errors.Is(err, ErrInUse) {
				t.Errorf("%s: %v, want ErrInUse", what, err)
			}
		}
		if err := errors.Join(w.DeleteInput(t.Context(), 1, by), w.RemoveQuantity(t.Context(), "size", by), remove("foot"), remove("shoe")); err != nil {
			t.Errorf("nobody uses them any more: %v", err)
		}
		if err := errors.Join(remove("shoe")); !errors.Is(err, ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		if err := w.RemoveQuantity(t.Context(), "size", by); !errors.Is(err, ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		w.restart()
		if _, ok := w.Catalogue().Unit("shoe"); ok {
			t.Error("a removed unit came back")
		}
	})
}

func TestFaultsOfUnitsNameTheirFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, c := range []struct {
			unit   settings.UserUnit
			fields []string
		}{
			{settings.UserUnit{ID: "a b", Name: "A", Scale: 1}, []string{"id"}},
			{settings.UserUnit{ID: "a", Scale: 1}, []string{"name"}},
			{settings.UserUnit{ID: "a", Name: "A", Scale: 1, Decimals: 13, Symbol: "abcdefghijklmnopqrstuvwxyz"}, []string{"decimals", "symbol"}},
			{settings.UserUnit{ID: "a", Name: "A"}, []string{"scale"}},
			{settings.UserUnit{ID: "a", Name: "A", Base: "C", Scale: math.Inf(1)}, []string{"scale"}},
			{settings.UserUnit{ID: "a", Name: "A", Base: "C", Scale: 1, Offset: math.NaN()}, []string{"offset"}},
			{settings.UserUnit{ID: "a", Name: "A", Scale: 2}, []string{"base"}},
			{settings.UserUnit{ID: "a", Name: "A", Base: "parsec", Scale: 2}, []string{"base"}},
		} {
			wantFaults(t, c.unit.ID+c.unit.Base, w.AddUnit(t.Context(), c.unit, by), c.fields...)
		}
		for _, c := range []struct {
			quantity settings.UserQuantity
			fields   []string
		}{
			{settings.UserQuantity{ID: "1", Name: "A", Units: []string{"C"}}, []string{"id"}},
			{settings.UserQuantity{ID: "a", Decimals: -1}, []string{"decimals", "name", "units"}},
			{settings.UserQuantity{ID: "a", Name: "A", Units: []string{"C", "C"}}, []string{"units[1]"}},
			{settings.UserQuantity{ID: "a", Name: "A", Units: []string{"C", "parsec"}}, []string{"units"}},
		} {
			wantFaults(t, c.quantity.ID, w.AddQuantity(t.Context(), c.quantity, by), c.fields...)
		}
		var taken *settings.ConflictError
		if err := w.AddUnit(t.Context(), settings.UserUnit{ID: "C", Name: "A", Scale: 1}, by); !errors.As(err, &taken) || taken.Column != "id" {
			t.Errorf("a unit that is there: %v, want a conflict", err)
		}
		if err := w.AddQuantity(t.Context(), settings.UserQuantity{ID: "temperature", Name: "A", Units: []string{"C"}}, by); !errors.As(err, &taken) {
			t.Errorf("a quantity that is there: %v, want a conflict", err)
		}
		if units, quantities, _ := w.UserDefined(t.Context()); len(units)+len(quantities) != 0 {
			t.Errorf("refused definitions left %v and %v", units, quantities)
		}
	})
}

func TestAUnitThatCannotBeStoredOrRemovedStaysAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.AddUnit(gone, settings.UserUnit{ID: "a", Name: "A", Scale: 1}, by); err == nil {
			t.Error("a unit was added after its client had gone")
		}
		if _, ok := w.Catalogue().Unit("a"); ok {
			t.Error("a unit that could not be stored is known until the restart")
		}
		if err := w.AddQuantity(gone, settings.UserQuantity{ID: "q", Name: "Q", Units: []string{"C"}}, by); err == nil {
			t.Error("a quantity was added after its client had gone")
		}
		if _, ok := w.Catalogue().Quantity("q"); ok {
			t.Error("a quantity that could not be stored is known until the restart")
		}
	})
}

func TestABrokenUnitKeepsNothingElseFromStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		for _, u := range []*settings.UserUnit{
			{ID: "C", Name: "this version has it itself", Scale: 1},
			{ID: "lost", Name: "without its base", Base: "gone", Scale: 1},
			{ID: "good", Name: "Good", Base: "C", Scale: 2},
		} {
			if err := w.store.Units.Create(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.store.Quantities.Create(t.Context(), &settings.UserQuantity{ID: "q", Name: "Q", Units: []string{"lost"}}); err != nil {
			t.Fatal(err)
		}
		w.restart()
		wantState(t, w, "input/1", "running")
		if _, ok := w.Catalogue().Unit("good"); !ok {
			t.Error("a good unit went with the broken ones")
		}
		if a, err := w.Catalogue().Conversion("C", "K"); err != nil || a != (measure.Affine{Scale: 1, Offset: 273.15}) {
			t.Errorf("°C became %+v, %v", a, err)
		}
	})
}
