package measure

// BuiltInUnits and BuiltInQuantities count the rows of the tables, duplicates included.
func BuiltInUnits() int { return len(units()) }

func BuiltInQuantities() int { return len(quantities()) }
