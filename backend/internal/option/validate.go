package option

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// validator is a struct with rules between its fields.
type validator interface{ Validate() error }

// validate calls the Validate methods of v and all below it, the inner ones first. An outer one runs only if the inner
// ones found nothing, so it may rely on them.
func (d *decoder) validate(n *node, v reflect.Value, path string) {
	before := len(d.errs)
	switch n.kind {
	case objectKind:
		for _, f := range n.fields {
			fv := v.FieldByIndex(f.index)
			if f.pointer {
				if fv.IsNil() {
					continue
				}
				fv = fv.Elem()
			}
			d.validate(f.node, fv, under(path, f.name))
		}
		if len(d.errs) == before {
			d.callValidate(v, path)
		}
	case listKind:
		for i := range v.Len() {
			d.validate(n.elem, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case mapKind:
		byName := func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), byName) {
			elem := reflect.New(n.elem.typ).Elem() // map elements have no address for pointer receivers
			elem.Set(v.MapIndex(key))
			d.validate(n.elem, elem, under(path, shorten(key.String())))
			v.SetMapIndex(key, elem)
		}
	case boolKind, integerKind, numberKind, stringKind: // have no methods
	}
}

func (d *decoder) callValidate(v reflect.Value, path string) {
	rules, ok := reflect.TypeAssert[validator](v.Addr())
	if !ok {
		return
	}
	err := rules.Validate()
	if err == nil {
		return
	}
	var found Errors
	if !errors.As(err, &found) {
		d.fault(path, "%s", err.Error())
		return
	}
	for _, f := range found {
		d.fault(under(path, f.Field), "%s", f.Message)
	}
}
