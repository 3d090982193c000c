package measure

// Prefixes of the byte are those of IEC 80000-13: 1 MB is a million bytes, 1 MiB is 1024*1024.
func dataUnits() []unitDef {
	return []unitDef{
		root(Byte, "B", "byte", 0),
		times(Kilobyte, "kB", "kilobyte", 1, "1000", Byte),
		times(Megabyte, "MB", "megabyte", 1, "1000000", Byte),
		times(Gigabyte, "GB", "gigabyte", 2, "1000000000", Byte),
		times(Terabyte, "TB", "terabyte", 3, "1000000000000", Byte),
		times(Kibibyte, "KiB", "kibibyte", 1, "1024", Byte),
		times(Mebibyte, "MiB", "mebibyte", 1, "1048576", Byte),
		times(Gibibyte, "GiB", "gibibyte", 2, "1073741824", Byte),

		root(BytePerS, "B/s", "byte per second", 0),
		times(KilobyteS, "kB/s", "kilobyte per second", 1, "1000", BytePerS),
		times(MegabyteS, "MB/s", "megabyte per second", 2, "1000000", BytePerS),
		times(BitPerS, "bit/s", "bit per second", 0, "1/8", BytePerS),
		times(KilobitS, "kbit/s", "kilobit per second", 1, "1000/8", BytePerS),
		times(MegabitS, "Mbit/s", "megabit per second", 2, "1000000/8", BytePerS),
	}
}

func timeUnits() []unitDef {
	return []unitDef{
		root(Second, "s", "second", 1),
		times(Nanosecond, "ns", "nanosecond", 0, "0.000000001", Second),
		times(Microsecond, "µs", "microsecond", 0, "0.000001", Second),
		times(Millisecond, "ms", "millisecond", 0, "0.001", Second),
		times(Minute, "min", "minute", 1, "60", Second),
		times(Hour, "h", "hour", 2, "3600", Second),
		times(Day, "d", "day", 2, "86400", Second),
		times(Week, "wk", "week", 2, "604800", Second),
	}
}

func stateUnits() []unitDef {
	return []unitDef{
		root(Bool, "", "on or off", 0),
		root(CPULoadUnit, "", "processes waiting to run", 2),
		root(EightBitColor, "", "0 to 255", 0),
		root(CIE, "", "CIE 1931 coordinate", 3),
	}
}
