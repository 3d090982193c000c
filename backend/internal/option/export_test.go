package option

import "reflect"

// Compile is For of a type that a test puts together at run time.
func Compile(typ reflect.Type) (*Spec, error) { return compile(typ) }
