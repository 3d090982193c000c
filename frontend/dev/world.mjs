// What the stand-in server looks after: a tent, a vivarium, and the troubles one sees in life.
const HOUR = 3_600_000
const iso = (t) => new Date(t).toISOString()

/** A smooth, repeatable curve: daily wave, a faster one, and a little noise. */
export function valueOf(channel, t) {
  const c = channel.curve
  const h = t / HOUR
  const noise = Math.sin(t / 7001 + channel.id) * Math.sin(t / 1303 + channel.id * 7)
  const day = Math.sin(((h - 9) / 24) * 2 * Math.PI)
  const saw = c.saw ? (((h * 2 + channel.id) % 1) - 0.5) * c.saw : 0
  return c.base + c.day * day + saw + c.noise * noise
}

let nextChannel = 1
const ch = (name, quantity, unit, base, day, noise, saw = 0) => ({ id: nextChannel++, name, quantity, unit, curve: { base, day, noise, saw } })
const input = (id, name, kind, zone, period_s, channels, state = 'running', more = {}) => ({
  id, name, kind, options: {}, secrets_set: [], period_s, timeout_s: 5, failures_before_degraded: 3, enabled: state !== 'inactive', zone,
  status: { state, since: iso(Date.now() - 3 * HOUR), attempt: 0, reads: 5400, failures: 0, skipped: 0, rejected: 0, abandoned_calls: 0, lateness_ms: 0.4, ...more },
  channels: channels.map((c, index) => ({ ...c, index })), created_at: iso(Date.now() - 90 * HOUR), updated_at: iso(Date.now() - 90 * HOUR),
})
const T = (base = 24.4, day = 1.6) => ch('temperature', 'temperature', 'C', base, day, 0.15, 0.3)
const H = (base = 61, day = -4) => ch('humidity', 'humidity', 'percent', base, day, 0.8, 5)

export const inputs = [
  input(1, 'Tent climate', 'sht4x', 1, 5, [T(24.4, 0.3), H(60, -1.5), ch('co2', 'co2', 'ppm', 812, 90, 8, 60)]),
  input(2, 'Soil', 'mqtt_subscribe', 1, 0, [ch('pot_1', 'moisture', 'percent', 36, 2, 0.3, 4), ch('pot_2', 'moisture', 'percent', 33, 2, 0.3, 4)]),
  input(3, 'Vivarium climate', 'sht4x', 2, 5, [T(24.9, 0.8), H(69, 3)]),
  input(4, 'Garden weather', 'mqtt_subscribe', null, 0, [T(9.2, 4), H(71, -9)], 'backing_off', { since: iso(Date.now() - 20_000), attempt: 5, next_try_at: iso(Date.now() + 25_000), error: 'The broker refuses the connection: not authorised.', failures: 5 }),
  input(5, 'Wort pH', 'http_json', 3, 60, [ch('ph', 'ion_concentration', 'pH', 4.4, 0.05, 0.02)], 'failed', { error: 'The device at 0x63 answers as EZO EC, not EZO pH.', since: iso(Date.now() - 5 * HOUR) }),
  input(6, 'Canopy', 'sht4x', 1, 5, [T(25.1, 0.5), H(58, -3)], 'degraded', { error: '7 of the last 20 reads failed: checksum of the humidity word is wrong.', failures: 7, since: iso(Date.now() - 2 * HOUR) }),
  input(7, 'Wort', 'w1_therm', 3, 10, [T(18.6, 0.16)]),
  input(8, 'Lamp light', 'simulated_sensor', 1, 2, [ch('light', 'light', 'lux', 18400, 900, 60)]),
  input(9, 'hypha-pi', 'host_system', null, 15, [ch('cpu', 'cpu', 'percent', 7, 1, 2), T(47, 2), ch('disk', 'disk_space', 'percent', 31, 0, 0.02)]),
  input(10, 'Old greenhouse', 'simulated_sensor', null, 2, [T(17, 5)], 'inactive'),
]

const state = (index, more, by, reason, ends) => ({ index, ...more, since: iso(Date.now() - HOUR), by, reason, ...(ends ? { ends_at: iso(Date.now() + ends) } : {}) })
const output = (id, name, kind, zone, channels) => ({
  id, name, kind, options: {}, secrets_set: [], enabled: true, zone, status: { state: 'running', since: iso(Date.now() - HOUR), attempt: 0 },
  channels: channels.map((c, index) => ({ index, name: '', limits: {}, safe: c.type === 'pwm' ? { duty: 0 } : c.type === 'value' ? { value: 0 } : { on: false }, at_start: 'keep', at_stop: { on: false }, ...c })),
})
export const outputs = [
  output(1, 'Heater', 'virtual_pwm', 1, [{ type: 'pwm', state: state(0, { duty: 34 }, 'user:maya', 'set by hand', 84 * 60_000) }]),
  output(2, 'Exhaust fan', 'virtual_on_off', 1, [{ type: 'on_off', limits: { max_on_s: 3600 }, state: state(0, { on: true }, 'token:night script', '', 20 * 60_000) }]),
  output(3, 'Mister', 'virtual_on_off', 2, [{ type: 'on_off', state: state(0, { on: false }, 'safe', 'no effect in 3 min') }]),
  output(4, 'Set-point', 'virtual_value', 2, [{ type: 'value', state: state(0, { value: 24.5 }, 'at_start', '') }]),
  output(5, 'Pump', 'mqtt_publish', null, [{ type: 'on_off', state: state(0, { on: false }, 'at_start', '') }]),
]
export const zones = [
  { id: 1, name: 'Tent A', description: 'Tomato seedlings, day 19', icon: 'sprout', targets: [{ channel: 1, min: 24, max: 25 }, { channel: 2, min: 55, max: 65 }, { channel: 3, min: 700, max: 1000 }, { channel: 4, min: 30 }] },
  { id: 2, name: 'Vivarium', description: 'Dart frogs', icon: 'turtle', targets: [{ channel: 6, min: 23, max: 27 }, { channel: 7, min: 75, max: 95 }] },
  { id: 3, name: 'Fermenter 2', description: 'Pale ale, day 4', icon: 'beer', targets: [{ channel: 13, min: 18, max: 19 }] },
]
const event = (id, ago, type, source, message, data) => ({ id, t: iso(Date.now() - ago * 60_000), type, source, message, data })
export const events = [
  event(9, 2, 'controller', 'input/4', 'Garden weather: the broker refuses the connection', { state: 'backing_off' }),
  event(8, 14, 'output', 'output/3', 'Mister held off: no effect in 3 min', {}),
  event(7, 17, 'output', 'output/3', 'Mister on for 3 min', {}),
  event(6, 84, 'output', 'output/1', 'Heater at 34 % until 15:30, by maya', {}),
  event(5, 120, 'controller', 'input/6', 'Canopy is degraded: 7 of 20 reads failed', { state: 'degraded' }),
  event(4, 300, 'controller', 'input/5', 'Wort pH failed: answers as EZO EC, not EZO pH', { state: 'failed' }),
  event(3, 480, 'auth', 'user/1', 'maya signed in', {}),
  event(2, 700, 'audit', 'input/7', 'Wort changed by maya', { ref: 'input/7', action: 'updated' }),
  event(1, 900, 'system', 'system', 'Hypha started, version 0.1', {}),
]
