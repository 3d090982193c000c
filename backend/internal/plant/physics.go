package plant

import "math"

// Sizes of the tent and of what is in it.
const (
	volume = 2.88   // m³ of air
	airCap = 22_000 // J/K: the air, and leaves and equipment that follow it at once
	// soilCap is of the wet soil and the pots, which follow slowly.
	soilCap  = 150_000 // J/K
	soilAir  = 12.0    // W/K between soil and air
	walls    = 12.0    // W/K between the air inside and outside
	airHeat  = 1206.0  // J/(m³ K) of moving air
	latent   = 2.45e6  // J to evaporate a kg of water
	airMoles = 41.6    // mol/m³ of air
	// buffer is how much more water than the air alone the surfaces and the canopy take up and give back.
	buffer     = 4.0
	soilVolume = 0.040 // m³

	heaterPower  = 400.0        // W
	lampPower    = 250.0        // W, all of which becomes heat
	lampPPFD     = 620.0        // µmol/m²s on the canopy
	luxPerPPFD   = 68.0         // of a white LED
	mistRate     = 0.150 / 3600 // kg/s
	leakFlow     = 4.0 / 3600   // m³/s through seams
	fanFlow      = 180.0 / 3600 // m³/s at full speed
	pumpFlow     = 0.012 / 3600 // m³/s
	fieldCap     = 0.40         // what soil holds against gravity, m³/m³
	saturated    = 0.52         // all pores full: what comes on top runs off
	wilting      = 0.08         // plants get nothing out any more
	outsideCO2   = 425.0        // ppm
	transpires   = 0.060 / 3600 // kg/s of the canopy in full light at 1 kPa deficit
	assimilates  = 16e-6        // mol/s of CO2 by the canopy in full light
	respires     = 3e-6         // mol/s of CO2 by plants and soil, at 20 °C
	halfCO2      = 250.0        // ppm at which assimilation is half of its best
	drainage     = 1.0 / 1800   // of the water above the field capacity, 1/s
	coldest      = -60.0        // °C; the formulas below hold to about here
	hottest      = 100.0
	gasConstant  = 461.5  // J/(kg K) of water vapour
	absoluteZero = 273.15 // K at 0 °C
)

// state is all that the tent remembers.
type state struct {
	air    float64 // °C
	soil   float64 // °C
	vapour float64 // kg/m³ of water in the air
	co2    float64 // ppm
	water  float64 // m³ of water in a m³ of soil
}

// pressure is the vapour pressure of saturated air, Pa (Magnus' formula).
func pressure(celsius float64) float64 {
	return 611.2 * math.Exp(17.62*celsius/(243.12+celsius))
}

// saturation is the water that air can hold, kg/m³.
func saturation(celsius float64) float64 {
	return pressure(celsius) / (gasConstant * (celsius + absoluteZero))
}

// humidity is relative, %.
func (s state) humidity() float64 { return 100 * s.vapour / saturation(s.air) }

// after is the state dt seconds later. dt must be small beside the fastest balance, the change of air by the fan (about
// a minute); at 10 s it still is.
func (s state) after(dt float64, level [actuators]float64, w Weather) state {
	flow := leakFlow + level[Fan]*fanFlow
	light := level[Lamp]
	deficit := max(0, pressure(s.air)*(1-s.humidity()/100)) / 1000 // kPa

	// Plants open their leaves in light and drink while the soil gives something.
	wet := min(1, max(0, (s.water-wilting)/(0.25-wilting)))
	drink := transpires * deficit * (0.1 + 0.9*light) * wet
	mist := level[Humidifier] * mistRate

	heat := level[Heater]*heaterPower + light*lampPower -
		(walls+flow*airHeat)*(s.air-w.Temperature) - soilAir*(s.air-s.soil) - (mist+drink)*latent
	vapour := mist + drink - flow*(s.vapour-w.vapour())
	fixed := assimilates * light * s.co2 / (s.co2 + halfCO2) * wet
	breath := respires * math.Exp2((s.air-20)/10)
	gas := (breath-fixed)/(volume*airMoles)*1e6 - flow/volume*(s.co2-outsideCO2)
	drain := max(0, s.water-fieldCap) * drainage

	next := state{
		air:    s.air + dt*heat/airCap,
		soil:   s.soil + dt*soilAir*(s.air-s.soil)/soilCap,
		vapour: max(0, s.vapour+dt*vapour/(volume*buffer)),
		co2:    max(0, s.co2+dt*gas),
		water:  min(saturated, max(0, s.water+dt*((level[Pump]*pumpFlow-drink/1000)/soilVolume-drain))),
	}
	next.air = min(max(next.air, coldest), hottest)
	// What the air cannot hold turns into dew and gives its heat back.
	if over := next.vapour - saturation(next.air); over > 0 {
		next.vapour -= over
		next.air += over * volume * latent / airCap
	}
	return next
}
