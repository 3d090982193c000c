package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"hypha/cmd/internal/program"
)

// hand changes settings, and remembers what was acknowledged.
type hand struct {
	r     *rand.Rand
	kinds []*items
	n     int // for names that are used once
}

// items are those of one kind.
type items struct {
	path   string
	body   map[string]any     // beside the name
	names  map[int64][]string // what each may be called; "": it is gone. More than one: an answer never came
	others map[int64]string   // those that were there before
	maybe  map[string]bool    // names of those whose making was never answered
}

func newHand(r *rand.Rand) *hand {
	one := func(path string, body map[string]any) *items {
		return &items{path: path, body: body, names: map[int64][]string{}, maybe: map[string]bool{}}
	}
	channels := []map[string]string{{"name": "a", "quantity": "co2", "unit": "ppm"}}
	return &hand{r: r, kinds: []*items{
		one("/zones", map[string]any{}),
		one("/inputs", map[string]any{"kind": "push", "options": map[string]any{"channels": channels}}),
		one("/outputs", map[string]any{"kind": "virtual_on_off"}),
	}}
}

const itemsAtMost = 25 // of a kind

// change does one thing.
func (h *hand) change(p *program.Server) error {
	k := h.kinds[h.r.IntN(len(h.kinds))]
	h.n++
	name := fmt.Sprintf("thing %d", h.n)
	ids := slices.Sorted(maps.Keys(k.names))
	ids = slices.DeleteFunc(ids, func(id int64) bool { return slices.Equal(k.names[id], []string{""}) })
	if len(ids) == 0 || len(ids) < itemsAtMost && h.r.IntN(3) == 0 {
		body := maps.Clone(k.body)
		body["name"] = name
		k.maybe[name] = true
		var made struct{ ID int64 }
		if err := p.Ask(http.MethodPost, k.path, body, &made); err != nil {
			return err
		}
		delete(k.maybe, name)
		k.names[made.ID] = []string{name}
		return nil
	}
	id := ids[h.r.IntN(len(ids))]
	path := fmt.Sprintf("%s/%d", k.path, id)
	method, body := http.MethodPatch, any(map[string]any{"name": name})
	if len(ids) > itemsAtMost/2 && h.r.IntN(3) == 0 {
		method, body, name = http.MethodDelete, nil, ""
	}
	k.names[id] = append(k.names[id], name)
	if err := p.Ask(method, path, body, nil); err != nil {
		return err
	}
	k.names[id] = []string{name}
	return nil
}

func (h *hand) run(ctx context.Context, p *program.Server) error {
	for ctx.Err() == nil {
		if err := h.change(p); err != nil {
			return err
		}
		wait(ctx, time.Duration(h.r.IntN(30))*time.Millisecond)
	}
	return nil
}

// list asks for the names of a kind.
func (k *items) list(p *program.Server) (map[int64]string, error) {
	var answer struct {
		Items []struct {
			ID   int64
			Name string
		}
		Total int
	}
	if err := p.Ask(http.MethodGet, k.path+"?limit=1000", nil, &answer); err != nil {
		return nil, err
	}
	if len(answer.Items) != answer.Total {
		return nil, fmt.Errorf("%d of %d items of %s", len(answer.Items), answer.Total, k.path)
	}
	got := map[int64]string{}
	for _, item := range answer.Items {
		if k.others[item.ID] != item.Name {
			got[item.ID] = item.Name
		}
	}
	return got, nil
}

// check compares the settings with what was acknowledged, and knows afterwards what an answer that never came would have
// said.
func (h *hand) check(p *program.Server, r *report) error {
	for _, k := range h.kinds {
		got, err := k.list(p)
		if err != nil {
			return err
		}
		for _, words := range k.differences(got) {
			r.setting(words)
		}
		for id, name := range got {
			k.names[id] = []string{name}
		}
		for id := range k.names {
			if _, there := got[id]; !there {
				k.names[id] = []string{""}
			}
		}
		clear(k.maybe)
		r.settingsChecked(len(k.names))
	}
	return nil
}

// differences lists what is not as it was promised.
func (k *items) differences(got map[int64]string) (all []string) {
	for id, may := range k.names {
		if !slices.Contains(may, got[id]) {
			all = append(all, fmt.Sprintf("%s/%d is called %q; promised was %q", k.path, id, got[id], may))
		}
	}
	for id, name := range got {
		if k.names[id] == nil && !k.maybe[name] {
			all = append(all, fmt.Sprintf("%s/%d is called %q, and nobody has made it", k.path, id, name))
		}
	}
	return all
}

// unlike counts how the settings of a damaged copy differ.
func (h *hand) unlike(p *program.Server) (n int, err error) {
	for _, k := range h.kinds {
		got, err := k.list(p)
		if err != nil {
			return n, err
		}
		n += len(k.differences(got))
	}
	return n, nil
}
