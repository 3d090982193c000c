/** Icons the server names for kinds. Each stands here literally, for only those are bundled. */
const icons: Record<string, string> = {
  thermometer: 'i-lucide-thermometer',
  cpu: 'i-lucide-cpu',
  radio: 'i-lucide-radio',
  globe: 'i-lucide-globe',
  activity: 'i-lucide-activity',
  gauge: 'i-lucide-gauge',
  waves: 'i-lucide-waves',
  server: 'i-lucide-server',
  'toggle-right': 'i-lucide-toggle-right',
  'sliders-horizontal': 'i-lucide-sliders-horizontal',
  hash: 'i-lucide-hash',
  terminal: 'i-lucide-terminal',
  send: 'i-lucide-send',
  sprout: 'i-lucide-sprout',
  plug: 'i-lucide-plug',
  'flask-conical': 'i-lucide-flask-conical',
  upload: 'i-lucide-upload',
}
export const kindIcon = (name?: string): string => icons[name ?? ''] ?? 'i-lucide-box'

const tags: Record<string, string> = {
  climate: 'i-lucide-thermometer',
  water: 'i-lucide-droplets',
  light: 'i-lucide-sun',
  gas: 'i-lucide-wind',
  power: 'i-lucide-zap',
  network: 'i-lucide-globe',
  host: 'i-lucide-cpu',
  system: 'i-lucide-cpu',
  test: 'i-lucide-flask-conical',
  virtual: 'i-lucide-flask-conical',
  gpio: 'i-lucide-circuit-board',
  soil: 'i-lucide-sprout',
}
export const tagIcon = (tag: string): string => tags[tag] ?? 'i-lucide-box'
