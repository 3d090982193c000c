package measure_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"hypha/internal/measure"
)

func TestUserUnitConvertsAndJoinsItsQuantities(t *testing.T) {
	c := measure.NewCatalogue()
	// Réaumur: 80 degrees from ice to boiling water.
	if err := c.AddUnit(measure.UnitInfo{ID: "Re", Name: "degree Réaumur", Symbol: "°Ré"}, "C", measure.Affine{Scale: 1.25}); err != nil {
		t.Fatal(err)
	}
	if err := c.AddUnit(measure.UnitInfo{ID: "deciRe", Name: "a tenth of it"}, "Re", measure.Affine{Scale: 0.1}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, to measure.Unit
		want     measure.Affine
	}{
		{"Re", "F", measure.Affine{Scale: 2.25, Offset: 32}},
		{"F", "Re", measure.Affine{Scale: 4.0 / 9, Offset: -128.0 / 9}},
		{"C", "deciRe", measure.Affine{Scale: 8}}, // exact, although 0.1 has no exact float64
	} {
		if got, err := c.Conversion(tt.from, tt.to); err != nil || got != tt.want {
			t.Errorf("%s to %s: %+v, %v; want %+v", tt.from, tt.to, got, err, tt.want)
		}
	}
	if q, _ := c.Quantity(measure.Temperature); !slices.Contains(q.Units, "Re") || q.Units[0] != "C" {
		t.Errorf("units of temperature: %v", q.Units)
	}
	if q, _ := c.Quantity(measure.Humidity); slices.Contains(q.Units, "Re") {
		t.Errorf("units of humidity: %v", q.Units)
	}

	for _, tt := range []struct {
		remove measure.Unit
		want   error
	}{{"Re", measure.ErrInUse}, {"deciRe", nil}, {"Re", nil}, {"Re", measure.ErrUnknownUnit}, {"C", measure.ErrBuiltIn}} {
		if err := c.RemoveUnit(tt.remove); !errors.Is(err, tt.want) {
			t.Errorf("remove %s: %v; want %v", tt.remove, err, tt.want)
		}
	}
}

func TestUserQuantity(t *testing.T) {
	c := measure.NewCatalogue()
	if err := c.AddUnit(measure.UnitInfo{ID: "scoville", Name: "Scoville heat units"}, "", measure.Affine{}); err != nil {
		t.Fatal(err)
	}
	limit := 0.0
	heat := measure.QuantityInfo{ID: "pungency", Name: "Pungency", Units: []measure.Unit{"scoville"}, Min: &limit}
	if err := c.AddQuantity(heat); err != nil {
		t.Fatal(err)
	}
	limit = 99 // the catalogue keeps its own copy
	if lo, _, err := c.Limits("pungency", "scoville"); err != nil || lo != 0 {
		t.Errorf("lower limit %v, %v; want 0", lo, err)
	}
	if err := c.AddQuantity(heat); !errors.Is(err, measure.ErrDuplicate) {
		t.Errorf("added twice: %v", err)
	}
	if err := c.RemoveUnit("scoville"); !errors.Is(err, measure.ErrInUse) {
		t.Errorf("removed the unit of a quantity: %v", err)
	}
	heat.Units = []measure.Unit{"unitless"}
	if err := c.ReplaceQuantity(heat); err != nil {
		t.Errorf("replace: %v", err)
	}
	if err := c.RemoveUnit("scoville"); err != nil {
		t.Errorf("remove the unit: %v", err)
	}
	if err := c.RemoveQuantity("pungency"); err != nil {
		t.Errorf("remove the quantity: %v", err)
	}
	if err := c.RemoveQuantity("pungency"); !errors.Is(err, measure.ErrUnknownQuantity) {
		t.Errorf("removed twice: %v", err)
	}
	if err := c.RemoveQuantity(measure.CO2); !errors.Is(err, measure.ErrBuiltIn) {
		t.Errorf("removed a built-in one: %v", err)
	}
	if err := c.ReplaceQuantity(measure.QuantityInfo{ID: measure.CO2, Name: "x", Units: []measure.Unit{"ppm"}}); !errors.Is(err, measure.ErrBuiltIn) {
		t.Errorf("replaced a built-in one: %v", err)
	}
}

func TestRefusedUnits(t *testing.T) {
	half := measure.Affine{Scale: 0.5}
	for name, tt := range map[string]struct {
		info   measure.UnitInfo
		base   measure.Unit
		toBase measure.Affine
		want   error
	}{
		"taken":            {measure.UnitInfo{ID: "C", Name: "mine"}, "K", half, measure.ErrDuplicate},
		"unknown base":     {measure.UnitInfo{ID: "x", Name: "mine"}, "parsec", half, measure.ErrUnknownUnit},
		"by itself":        {measure.UnitInfo{ID: "x", Name: "mine"}, "x", half, measure.ErrUnknownUnit},
		"no id":            {measure.UnitInfo{Name: "mine"}, "K", half, measure.ErrInvalid},
		"odd id":           {measure.UnitInfo{ID: "a b", Name: "mine"}, "K", half, measure.ErrInvalid},
		"path as id":       {measure.UnitInfo{ID: "../x", Name: "mine"}, "K", half, measure.ErrInvalid},
		"id with a digit":  {measure.UnitInfo{ID: "1x", Name: "mine"}, "K", half, measure.ErrInvalid},
		"long id":          {measure.UnitInfo{ID: measure.Unit(strings.Repeat("x", 65)), Name: "mine"}, "K", half, measure.ErrInvalid},
		"no name":          {measure.UnitInfo{ID: "x", Name: " "}, "K", half, measure.ErrInvalid},
		"long symbol":      {measure.UnitInfo{ID: "x", Name: "mine", Symbol: strings.Repeat("°", 60)}, "K", half, measure.ErrInvalid},
		"decimals":         {measure.UnitInfo{ID: "x", Name: "mine", Decimals: -1}, "K", half, measure.ErrInvalid},
		"zero scale":       {measure.UnitInfo{ID: "x", Name: "mine"}, "K", measure.Affine{Offset: 1}, measure.ErrInvalid},
		"infinite scale":   {measure.UnitInfo{ID: "x", Name: "mine"}, "K", measure.Affine{Scale: math.Inf(1)}, measure.ErrInvalid},
		"NaN offset":       {measure.UnitInfo{ID: "x", Name: "mine"}, "K", measure.Affine{Scale: 1, Offset: math.NaN()}, measure.ErrInvalid},
		"no way back":      {measure.UnitInfo{ID: "x", Name: "mine"}, "K", measure.Affine{Scale: 5e-324}, measure.ErrInvalid},
		"factor, but none": {measure.UnitInfo{ID: "x", Name: "mine"}, "", half, measure.ErrInvalid},
	} {
		c := measure.NewCatalogue()
		if err := c.AddUnit(tt.info, tt.base, tt.toBase); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v; want %v", name, err, tt.want)
		}
		if len(c.Units()) != measure.BuiltInUnits() {
			t.Errorf("%s: it is there all the same", name)
		}
	}
}

func TestRefusedQuantities(t *testing.T) {
	celsius := []measure.Unit{"C"}
	for name, tt := range map[string]struct {
		info measure.QuantityInfo
		want error
	}{
		"taken":         {measure.QuantityInfo{ID: "co2", Name: "mine", Units: celsius}, measure.ErrDuplicate},
		"no units":      {measure.QuantityInfo{ID: "x", Name: "mine"}, measure.ErrInvalid},
		"unknown unit":  {measure.QuantityInfo{ID: "x", Name: "mine", Units: []measure.Unit{"C", "parsec"}}, measure.ErrUnknownUnit},
		"unit twice":    {measure.QuantityInfo{ID: "x", Name: "mine", Units: []measure.Unit{"C", "F", "C"}}, measure.ErrInvalid},
		"odd id":        {measure.QuantityInfo{ID: "é", Name: "mine", Units: celsius}, measure.ErrInvalid},
		"limits turned": {measure.QuantityInfo{ID: "x", Name: "mine", Units: celsius, Min: new(2.0), Max: new(1.0)}, measure.ErrInvalid},
		"limit NaN":     {measure.QuantityInfo{ID: "x", Name: "mine", Units: celsius, Min: new(math.NaN())}, measure.ErrInvalid},
		"many units":    {measure.QuantityInfo{ID: "x", Name: "mine", Units: make([]measure.Unit, 101)}, measure.ErrInvalid},
	} {
		if err := measure.NewCatalogue().AddQuantity(tt.info); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v; want %v", name, err, tt.want)
		}
	}
}

func TestReplaceUnit(t *testing.T) {
	c := measure.NewCatalogue()
	cup := measure.UnitInfo{ID: "cup", Name: "cup"}
	must(t, c.AddUnit(cup, "ml", measure.Affine{Scale: 236.6}))
	must(t, c.ReplaceUnit(cup, "ml", measure.Affine{Scale: 250}))
	if got, err := c.Conversion("cup", "l"); err != nil || got.Scale != 0.25 {
		t.Errorf("cup after the change: %+v, %v", got, err)
	}
	must(t, c.AddQuantity(measure.QuantityInfo{ID: "coffee", Name: "Coffee", Units: []measure.Unit{"cup"}}))
	for name, tt := range map[string]struct {
		info measure.UnitInfo
		base measure.Unit
		want error
	}{
		"a quantity relies on it": {cup, "g", measure.ErrInUse},
		"by itself":               {cup, "cup", measure.ErrInUse},
		"built in":                {measure.UnitInfo{ID: "l", Name: "l"}, "ml", measure.ErrBuiltIn},
		"unknown":                 {measure.UnitInfo{ID: "mug", Name: "mug"}, "ml", measure.ErrUnknownUnit},
	} {
		if err := c.ReplaceUnit(tt.info, tt.base, measure.Affine{Scale: 2}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v; want %v", name, err, tt.want)
		}
	}
	must(t, c.RemoveQuantity("coffee"))
	if err := c.ReplaceUnit(cup, "cup", measure.Affine{Scale: 2}); !errors.Is(err, measure.ErrInvalid) {
		t.Errorf("defined by itself: %v", err)
	}
}

func TestChainsOfUnitsAreShort(t *testing.T) {
	c := measure.NewCatalogue()
	base, added := measure.Metre, 0
	for ; added < 100; added++ {
		id := measure.Unit(fmt.Sprintf("step%d", added))
		if err := c.AddUnit(measure.UnitInfo{ID: id, Name: "step"}, base, measure.Affine{Scale: 0.9}); err != nil {
			if !errors.Is(err, measure.ErrInvalid) {
				t.Errorf("step %d: %v", added, err)
			}
			break
		}
		base = id
	}
	if added < 2 || added > 20 {
		t.Errorf("a chain of %d units was accepted", added)
	}
}

// A user's factors are arbitrary; an accepted unit still converts both ways.
func TestAcceptedUnitsConvertBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := measure.NewCatalogue()
		a := measure.Affine{Scale: rapid.Float64().Draw(t, "scale"), Offset: rapid.Float64().Draw(t, "offset")}
		if c.AddUnit(measure.UnitInfo{ID: "mine", Name: "mine"}, "Pa", a) != nil {
			return
		}
		there, err := c.Conversion("mine", "Pa")
		if err != nil || there != a {
			t.Errorf("mine to Pa: %+v, %v; want %+v", there, err, a)
		}
		if back, err := c.Conversion("Pa", "mine"); err != nil || back.Scale == 0 || math.IsInf(back.Scale, 0) || math.IsInf(back.Offset, 0) {
			t.Errorf("Pa to mine: %+v, %v", back, err)
		}
	})
}

func TestCatalogueIsSafeForConcurrentUse(t *testing.T) {
	c := measure.NewCatalogue()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			unit := measure.UnitInfo{ID: measure.Unit(fmt.Sprintf("unit%d", i)), Name: "mine"}
			quantity := measure.QuantityInfo{ID: measure.Quantity(fmt.Sprintf("quantity%d", i)), Name: "mine", Units: []measure.Unit{unit.ID}}
			for n := range 20 {
				err := errors.Join(
					c.AddUnit(unit, "C", measure.Affine{Scale: float64(n + 1)}),
					c.AddQuantity(quantity),
					c.Check(quantity.ID, "F"),
				)
				if got, convErr := c.Conversion(unit.ID, "K"); err != nil || convErr != nil || got.Scale != float64(n+1) {
					t.Errorf("unit %d: %+v, %v, %v", i, got, err, convErr)
				}
				c.Quantities()
				c.Units()
				if err := errors.Join(c.RemoveQuantity(quantity.ID), c.RemoveUnit(unit.ID)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
