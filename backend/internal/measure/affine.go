package measure

// Affine is the conversion y = Scale*x + Offset. The zero value maps everything to 0 and has no inverse; the identity
// is Affine{Scale: 1}.
type Affine struct {
	Scale  float64 `json:"scale"`
	Offset float64 `json:"offset"`
}

// Apply converts x. NaN stays NaN.
func (a Affine) Apply(x float64) float64 { return a.Scale*x + a.Offset }

// Then returns the conversion that applies a first and b to its result.
func (a Affine) Then(b Affine) Affine {
	return Affine{Scale: b.Scale * a.Scale, Offset: b.Scale*a.Offset + b.Offset}
}

// Inverse returns the conversion back. With Scale 0 there is none: the result then holds infinities or NaN, so check
// foreign numbers first ([Catalogue.AddUnit] does).
func (a Affine) Inverse() Affine {
	return Affine{Scale: 1 / a.Scale, Offset: -a.Offset / a.Scale}
}

// IsIdentity reports whether a changes nothing.
func (a Affine) IsIdentity() bool { return a == Affine{Scale: 1} }
