package secret

import "encoding/json"

// KeepSecrets returns changed with the secrets of old where changed has none: a client never gets secrets, so it leaves
// them out when it sends options back. A secret that changed sets to null or "" is gone.
//
// In a list, an element keeps the secrets of the old element that is otherwise equal, else of the one with the same
// "name". An element that is neither gets none: better to ask for a password again than to send it to another broker.
func KeepSecrets(old, changed json.RawMessage, paths []string) (json.RawMessage, error) {
	before, err := decode(old)
	if err != nil {
		return nil, err
	}
	after, err := decode(changed)
	if err != nil || before == nil || after == nil || len(paths) == 0 {
		return changed, err
	}
	parsed := make([][]step, len(paths))
	for i, p := range paths {
		parsed[i] = parse(p)
	}
	return json.Marshal(keep(before, after, parsed))
}

// keep fills what is missing at the paths below after from before, and returns after.
func keep(before, after any, paths [][]step) any {
	if list, ok := after.([]any); ok {
		return keepList(before, list, paths)
	}
	old, isObject := before.(map[string]any)
	object, ok := after.(map[string]any)
	if !ok || !isObject {
		return after
	}
	for name, inner := range group(paths) {
		was, had := old[string(name)]
		if !had {
			continue
		}
		is, has := object[string(name)]
		switch {
		case has && len(inner) > 0:
			object[string(name)] = keep(was, is, inner)
		case !has && len(inner) == 0:
			object[string(name)] = was
		}
	}
	return object
}

func keepList(before any, list []any, paths [][]step) any {
	old, ok := before.([]any)
	if !ok {
		return list
	}
	inner := group(paths)[each]
	if len(inner) == 0 {
		return list
	}
	used := make([]bool, len(old))
	partner := make([]int, len(list))
	for i := range partner {
		partner[i] = -1
	}
	for _, alike := range []func(a, b any) bool{
		func(a, b any) bool { return same(a, b, inner) },
		func(a, b any) bool { n, ok := nameOf(a); m, has := nameOf(b); return ok && has && n == m },
	} {
		for i := range list {
			for k := range old {
				if partner[i] < 0 && !used[k] && alike(list[i], old[k]) {
					partner[i], used[k] = k, true
				}
			}
		}
	}
	for i, k := range partner {
		if k >= 0 {
			list[i] = keep(old[k], list[i], inner)
		}
	}
	return list
}

// group sorts paths by their first step. A path that ends there leaves an empty list.
func group(paths [][]step) map[step][][]step {
	by := make(map[step][][]step, len(paths))
	for _, p := range paths {
		if len(p) == 0 {
			continue
		}
		if _, ok := by[p[0]]; !ok {
			by[p[0]] = nil
		}
		if len(p) > 1 {
			by[p[0]] = append(by[p[0]], p[1:])
		}
	}
	return by
}

func nameOf(v any) (string, bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return "", false
	}
	name, ok := object["name"].(string)
	return name, ok && name != ""
}
