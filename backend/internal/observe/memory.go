package observe

import (
	"bytes"
	"os"
	"strconv"
)

// ResidentBytes is the memory of the process that is in RAM, as the kernel counts it; 0 where it does not say.
func ResidentBytes() uint64 {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(raw)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
