// Kinds of the stand-in server: enough of the schema's vocabulary to see each part of a form.
const quantity = { type: 'string', title: 'Quantity', format: 'quantity', default: 'temperature' }
const unit = { type: 'string', title: 'Unit', format: 'unit', default: 'C' }
const channelItem = (path) => ({
  type: 'object',
  required: ['name', 'quantity', 'unit', ...(path ? [path] : [])],
  properties: {
    name: { type: 'string', title: 'Name', 'x-order': 1 },
    ...(path === 'topic' ? { topic: { type: 'string', title: 'Topic', format: 'topic', 'x-placeholder': 'garden/weather', 'x-order': 2 } } : {}),
    ...(path ? { json_path: { type: 'string', title: 'JSON path', description: 'Where the number is in the message. Empty when the message is the number.', format: 'json_path', 'x-placeholder': '$.temperature', 'x-order': 3 } } : {}),
    quantity: { ...quantity, 'x-order': 4 },
    unit: { ...unit, 'x-order': 5 },
  },
})
const schema = (properties, required = []) => ({ type: 'object', additionalProperties: false, required, properties })

export const kinds = [
  {
    id: 'simulated_sensor', type: 'input', name: 'Simulated sensor', description: 'A curve of your choice, to try things without a device.',
    tags: ['test'], bus: '', period_s: 2, min_period_s: 0.1, timeout_s: 5, icon: 'waves', channels: [],
    options_schema: schema({
      quantity: { ...quantity, 'x-order': 1 }, unit: { ...unit, 'x-order': 2 },
      waveform: { type: 'string', title: 'Curve', enum: ['constant', 'sine', 'square', 'ramp', 'noise'], 'x-enum-titles': ['Constant', 'Sine', 'Square', 'Ramp', 'Noise'], default: 'sine', 'x-order': 3 },
      offset: { type: 'number', title: 'Middle', default: 20, 'x-order': 4 },
      amplitude: { type: 'number', title: 'Amplitude', default: 1, minimum: 0, 'x-when': { field: 'waveform', in: ['sine', 'square', 'ramp', 'noise'] }, 'x-order': 5 },
      wave_period_s: { type: 'number', title: 'Length of a wave', default: 60, exclusiveMinimum: 0, minimum: 0.1, 'x-unit': 's', 'x-when': { field: 'waveform', in: ['sine', 'square', 'ramp'] }, 'x-order': 6 },
      latency_s: { type: 'number', title: 'Latency', description: 'How long each read takes.', default: 0, minimum: 0, 'x-unit': 's', 'x-advanced': true, 'x-order': 7 },
      fail_every: { type: 'integer', title: 'Fail every', description: 'Each n-th read fails; 0 never.', default: 0, minimum: 0, 'x-unit': 'reads', 'x-advanced': true, 'x-order': 8 },
      hang_every: { type: 'integer', title: 'Hang every', default: 0, minimum: 0, 'x-unit': 'reads', 'x-advanced': true, 'x-order': 9 },
    }, ['quantity', 'unit']),
  },
  {
    id: 'mqtt_subscribe', type: 'input', name: 'MQTT', description: 'Values that devices publish to a broker.', tags: ['network'], bus: 'network',
    period_s: 0, min_period_s: 0, timeout_s: 10, icon: 'radio', channels: [],
    options_schema: schema({
      broker: { type: 'string', title: 'Broker', format: 'uri', 'x-placeholder': 'mqtt://192.168.1.20:1883', 'x-order': 1 },
      username: { type: 'string', title: 'User name', 'x-order': 2 },
      password: { type: 'string', title: 'Password', 'x-secret': true, writeOnly: true, 'x-order': 3 },
      channels: { type: 'array', title: 'Values', minItems: 1, items: channelItem('topic'), 'x-order': 4 },
    }, ['broker', 'channels']),
  },
  {
    id: 'http_json', type: 'input', name: 'HTTP, JSON', description: 'Numbers out of any JSON document on the network.', tags: ['network'], bus: 'network',
    period_s: 60, min_period_s: 1, timeout_s: 10, icon: 'globe', channels: [],
    options_schema: schema({
      url: { type: 'string', title: 'Address', format: 'uri', 'x-placeholder': 'http://192.168.1.47/status', 'x-order': 1 },
      headers: { type: 'object', title: 'Headers', additionalProperties: { type: 'string' }, 'x-advanced': true, 'x-order': 2 },
      channels: { type: 'array', title: 'Values', minItems: 1, items: channelItem('json_path'), 'x-order': 3 },
    }, ['url', 'channels']),
  },
  {
    id: 'host_system', type: 'input', name: 'This machine', description: 'Load, memory, disk and temperature of the machine Hypha runs on.', tags: ['host'],
    bus: 'host', period_s: 15, min_period_s: 1, timeout_s: 5, icon: 'cpu',
    channels: [{ name: 'cpu', quantity: 'cpu', unit: 'percent' }, { name: 'temperature', quantity: 'temperature', unit: 'C' }, { name: 'disk', quantity: 'disk_space', unit: 'percent' }],
    options_schema: schema({}),
  },
  { id: 'push', type: 'input', name: 'Push', description: 'Values that a program sends to the API.', tags: ['network'], bus: '', period_s: 0, min_period_s: 0, timeout_s: 5, icon: 'upload', channels: [],
    options_schema: schema({ channels: { type: 'array', title: 'Values', minItems: 1, items: channelItem(''), 'x-order': 1 } }, ['channels']) },
  { id: 'w1_therm', type: 'input', name: 'DS18B20 on 1-Wire', description: 'Waterproof thermometers on one wire.', tags: ['climate'], bus: '1-wire', period_s: 10, min_period_s: 1, timeout_s: 5, icon: 'thermometer',
    channels: [{ name: 'temperature', quantity: 'temperature', unit: 'C' }], options_schema: schema({ device: { type: 'string', title: 'Device', 'x-placeholder': '28-0316a2c8' } }, ['device']) },
  { id: 'sht4x', type: 'input', name: 'SHT4x', description: 'Sensirion climate sensor.', tags: ['climate'], bus: 'i2c', period_s: 5, min_period_s: 0.1, timeout_s: 1, icon: 'thermometer',
    channels: [{ name: 'temperature', quantity: 'temperature', unit: 'C' }, { name: 'humidity', quantity: 'humidity', unit: 'percent' }],
    options_schema: schema({ bus: { type: 'string', title: 'I²C bus', default: '1' }, address: { type: 'integer', title: 'Address', default: 68, minimum: 68, maximum: 70, description: '0x44, 0x45 or 0x46.' } }) },
  { id: 'virtual_on_off', type: 'output', name: 'Virtual switch', description: 'Switches nothing: for trials.', tags: ['test'], bus: '', period_s: 0, min_period_s: 0, timeout_s: 5, icon: 'toggle-right', channels: [], options_schema: schema({}) },
  { id: 'virtual_pwm', type: 'output', name: 'Virtual dimmer', description: 'Dims nothing: for trials.', tags: ['test'], bus: '', period_s: 0, min_period_s: 0, timeout_s: 5, icon: 'sliders-horizontal', channels: [], options_schema: schema({}) },
  { id: 'virtual_value', type: 'output', name: 'Virtual value', description: 'A number that goes nowhere.', tags: ['test'], bus: '', period_s: 0, min_period_s: 0, timeout_s: 5, icon: 'hash', channels: [], options_schema: schema({}) },
  { id: 'mqtt_publish', type: 'output', name: 'MQTT switch', description: 'Publishes on and off to a broker.', tags: ['network'], bus: 'network', period_s: 0, min_period_s: 0, timeout_s: 5, icon: 'send', channels: [],
    options_schema: schema({ broker: { type: 'string', title: 'Broker', format: 'uri', 'x-placeholder': 'mqtt://host:1883', 'x-order': 1 }, topic: { type: 'string', title: 'Topic', format: 'topic', 'x-order': 2 },
      payload_on: { type: 'string', title: 'Message for on', default: 'ON', 'x-order': 3 }, payload_off: { type: 'string', title: 'Message for off', default: 'OFF', 'x-order': 4 } }, ['broker', 'topic']) },
]

const u = (id, name, symbol, decimals) => ({ id, name, symbol, decimals, user: false })
export const units = [u('C', 'degree Celsius', '°C', 1), u('F', 'degree Fahrenheit', '°F', 1), u('K', 'kelvin', 'K', 1), u('percent', 'percent', '%', 0), u('Pa', 'pascal', 'Pa', 0), u('hPa', 'hectopascal', 'hPa', 1), u('ppm', 'parts per million', 'ppm', 0), u('lux', 'lux', 'lx', 0), u('pH', 'pH', 'pH', 2), u('uS_cm', 'microsiemens per centimetre', 'µS/cm', 0)]
const q = (id, name, list, decimals) => ({ id, name, units: list, decimals })
export const quantities = [q('temperature', 'temperature', ['C', 'F', 'K'], 1), q('humidity', 'humidity', ['percent'], 0), q('pressure', 'air pressure', ['hPa', 'Pa'], 1), q('co2', 'CO₂', ['ppm'], 0), q('light', 'light', ['lux'], 0), q('ion_concentration', 'pH', ['pH'], 2), q('electrical_conductivity', 'conductivity', ['uS_cm'], 0), q('cpu', 'processor', ['percent'], 0), q('disk_space', 'disk', ['percent'], 0), q('moisture', 'moisture', ['percent'], 0)]
