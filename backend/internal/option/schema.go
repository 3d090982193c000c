package option

import "slices"

// schema is one JSON Schema under construction.
type schema map[string]any

func rootSchema(n *node) schema {
	s := n.schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	return s
}

// schema returns the rules of a value.
func (n *node) schema() schema {
	s := schema{"type": n.kind.schemaType()}
	set := func(keyword string, value any, present bool) {
		if present {
			s[keyword] = value
		}
	}
	set("enum", n.enum, n.enum != nil)
	set("x-enum-titles", n.enumTitles, n.enumTitles != nil)
	set("x-unit", n.unit, n.unit != "")
	set("format", n.format, n.format != "")
	switch n.kind {
	case integerKind, numberKind:
		set("minimum", n.min, n.min != nil && n.enum == nil)
		set("maximum", n.max, n.max != nil && n.enum == nil)
	case stringKind:
		set("minLength", n.minSize, n.minSize > 0)
		set("maxLength", n.maxSize, n.maxSize >= 0)
		if n.pattern != nil {
			s["pattern"] = n.pattern.String()
		}
	case listKind:
		s["items"] = n.elem.schema()
		set("minItems", n.minSize, n.minSize > 0)
		set("maxItems", n.maxSize, n.maxSize >= 0)
	case mapKind:
		s["additionalProperties"] = n.elem.schema()
		set("minProperties", n.minSize, n.minSize > 0)
		set("maxProperties", n.maxSize, n.maxSize >= 0)
	case objectKind:
		n.addProperties(s)
	case boolKind:
	}
	return s
}

func (k kind) schemaType() string {
	switch k {
	case boolKind:
		return "boolean"
	case integerKind:
		return "integer"
	case numberKind:
		return "number"
	case stringKind:
		return "string"
	case listKind:
		return "array"
	default:
		return "object"
	}
}

func (n *node) addProperties(s schema) {
	properties := schema{}
	var required []string
	var conditional []schema
	for order, f := range n.fields {
		p := f.schema()
		p["x-order"] = order
		if variants := n.variants(f.name); len(variants) > 1 {
			if f == variants[0] {
				properties[f.name] = schema{"title": f.title, "x-order": order, "x-variants": []schema{}}
			}
			shared, _ := properties[f.name].(schema)
			listed, _ := shared["x-variants"].([]schema)
			shared["x-variants"] = append(listed, p) // for forms, which do not work out conditions
			then := schema{"properties": schema{f.name: p}}
			if f.required {
				then["required"] = []string{f.name}
			}
			conditional = append(conditional, schema{"if": f.when.schema(), "then": then})
			continue
		}
		properties[f.name] = p
		switch {
		case !f.required:
		case f.when == nil:
			required = append(required, f.name)
		default:
			conditional = append(conditional, schema{"if": f.when.schema(), "then": schema{"required": []string{f.name}}})
		}
	}
	s["properties"] = properties
	s["additionalProperties"] = false
	if required != nil {
		s["required"] = required
	}
	if conditional != nil {
		s["allOf"] = conditional
	}
}

// variants are the fields that share a name, in their order.
func (n *node) variants(name string) (all []*field) {
	for _, f := range n.fields {
		if f.name == name {
			all = append(all, f)
		}
	}
	return all
}

// schema returns the rules of the field's value with what a form needs to know.
func (f *field) schema() schema {
	s := f.node.schema()
	s["title"] = f.title
	for keyword, text := range map[string]string{"description": f.help, "x-placeholder": f.placeholder} {
		if text != "" {
			s[keyword] = text
		}
	}
	if f.nullable() {
		s["type"] = []string{f.node.kind.schemaType(), "null"}
		if f.node.enum != nil {
			s["enum"] = append(append([]any{}, f.node.enum...), nil)
		}
	}
	if f.def != nil {
		s["default"] = f.def
	}
	if f.secret {
		s["x-secret"], s["writeOnly"] = true, true
	}
	if f.advanced {
		s["x-advanced"] = true
	}
	if f.when != nil {
		s["x-when"] = schema{"field": f.when.field.name, "in": f.when.values}
	}
	return s
}

// schema returns a schema that an object satisfies when the condition holds.
func (c *condition) schema() schema {
	sw := c.field
	s := schema{"properties": schema{sw.name: schema{"enum": c.values}}}
	if sw.def == nil || !slices.Contains(c.values, scalar(sw.def)) {
		s["required"] = []string{sw.name} // absent it has another value, or none
	}
	if sw.when == nil {
		return s
	}
	return schema{"allOf": []schema{sw.when.schema(), s}}
}
