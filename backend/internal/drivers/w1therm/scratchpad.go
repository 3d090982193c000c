package w1therm

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"hypha/internal/drivers/jsonvalue"
)

var (
	errPowerOn = errors.New("85 °C is the power-on value: the sensor has not measured; check its supply and the pull-up resistor")
	errCRC     = errors.New("the checksum (CRC) is wrong: check the wiring, its length and the pull-up resistor")
	errNothing = errors.New("the sensor sends nothing but zeros: the data line is short-circuited")
)

// parse reads what the file w1_slave says: the nine bytes of the chip with the kernel's verdict on their CRC, and the
// same bytes with the temperature in m°C:
//
//	91 01 4b 46 7f ff 0f 10 25 : crc=25 YES
//	91 01 4b 46 7f ff 0f 10 25 t=25062
func parse(family, text string) (float64, error) {
	first, second, two := strings.Cut(text, "\n")
	bytes, verdict, colon := strings.Cut(first, ":")
	pad, err := hex.DecodeString(strings.ReplaceAll(bytes, " ", ""))
	_, milli, equals := strings.Cut(second, "t=")
	switch {
	case !two || !colon || err != nil || len(pad) != 9 || !equals:
		return 0, fmt.Errorf("the kernel says %s, which is no answer of a thermometer", jsonvalue.Excerpt(text))
	case !strings.HasSuffix(strings.TrimSpace(verdict), "YES"), crc(pad[:8]) != pad[8]:
		return 0, errCRC
	// Zeros are their own CRC.
	case strings.Trim(string(pad), "\x00") == "":
		return 0, errNothing
	}
	if err := check(family, pad); err != nil {
		return 0, err
	}
	v, err := jsonvalue.Text(milli, false)
	if err != nil {
		return 0, fmt.Errorf("the temperature %w", err)
	}
	return v / 1000, nil
}

// check finds bytes that are no measurement although they arrived well.
func check(family string, pad []byte) error {
	raw := uint16(pad[0]) | uint16(pad[1])<<8
	switch {
	case family == "3b" && pad[4]&0xf0 == 0xf0: // a MAX31850, not a DS1825: bit 0 is set on any fault, byte 2 says which
		if raw&1 == 0 {
			return nil
		}
		return thermocoupleFault(pad[2])
	case family == "10" && raw == 0x00aa && pad[6] == 0x0c:
		return errPowerOn // a true 85.00 °C looks the same; it is given up
	// After a conversion byte 6 is 16 less the sixteenths of a degree; a chip that has none to show for says 0x0c here.
	case family != "10" && raw == 0x0550 && pad[6] != 0x10:
		return errPowerOn
	default:
		return nil
	}
}

func thermocoupleFault(b byte) error {
	switch {
	case b&1 != 0:
		return errors.New("the thermocouple is open: broken or not connected")
	case b&2 != 0:
		return errors.New("the thermocouple touches ground")
	case b&4 != 0:
		return errors.New("the thermocouple touches the supply")
	default:
		return errors.New("the chip reports a fault of the thermocouple")
	}
}

// crc is the checksum of 1-Wire: polynomial x^8 + x^5 + x^4 + 1, lowest bit first (application note 27).
func crc(data []byte) byte {
	var c byte
	for _, b := range data {
		c ^= b
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0x8c
			} else {
				c >>= 1
			}
		}
	}
	return c
}
