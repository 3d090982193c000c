// A stand-in for the server, to look at the interface with troubles that one cannot order from real devices:
//   node dev/mock.mjs [port]      then HYPHA_API=http://127.0.0.1:<port> npm run dev
// With a second argument "dist" it also serves the build, with the Content-Security-Policy of the real server.
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { WebSocketServer } from 'ws'
import { kinds, quantities, units } from './kinds.mjs'
import { events, inputs, outputs, valueOf, zones } from './world.mjs'

const port = Number(process.argv[2] ?? 8090)
const dist = process.argv[3] ? new URL(`../${process.argv[3]}/`, import.meta.url) : null
const many = Number(process.env.MOCK_MANY ?? 0)
for (let n = 0; n < many; n++) inputs.push({ ...inputs[6], id: 1000 + n, name: `Probe ${n}`, zone: null, channels: [{ ...inputs[6].channels[0], id: 5000 + n, index: 0 }] })
const signedIn = { setup: process.env.MOCK_FRESH === '1', user: process.env.MOCK_FRESH === '1' ? null : { id: 1, username: 'maya', role: 'admin' } }
let stop = { stopped: false }
let preferences = {}
const decimals = { C: 1, percent: 0, ppm: 0, lux: 0, pH: 2 }

const dead = (i) => ['failed', 'backing_off', 'inactive'].includes(i.status.state)
const allChannels = () => inputs.flatMap((i) => i.channels.map((c) => ({ i, c })))
const seenAt = (i) => (dead(i) ? Date.now() - 6 * 60_000 : Date.now())
const channelOut = ({ i, c }) => ({
  id: c.id, owner: `input/${i.id}`, owner_name: i.name, index: c.index, name: c.name, quantity: c.quantity, unit: c.unit, source_unit: c.unit,
  expected_interval_s: i.period_s || 60, valid_min: null, valid_max: null, calibration: null, filters: [], decimals: decimals[c.unit] ?? 1, zone: i.zone,
  last: { t: new Date(seenAt(i)).toISOString(), v: valueOf(c, seenAt(i)), quality: dead(i) ? 'stale' : 'good' },
})
const inputOut = (i) => ({ ...i, status: { ...i.status, last_reading_at: new Date(seenAt(i)).toISOString() } })
const list = (items) => ({ items, total: items.length })
const problem = (status, title, detail, errors) => ({ status, body: { type: 'about:blank', title, status, detail, errors }, problem: true })
const when = (s, fallback) => (s === null || s === '' ? fallback : /^-/.test(s) ? Date.now() - parseFloat(s.slice(1)) * ({ s: 1, m: 60, h: 3600, d: 86400 }[s.at(-1)] ?? 1) * 1000 : /^\d+$/.test(s) ? Number(s) : Date.parse(s))

function readings(query) {
  const to = when(query.get('to'), Date.now())
  const from = Math.max(when(query.get('from'), to - 86_400_000), Date.now() - 400 * 86_400_000)
  const points = Number(query.get('points') ?? 1000)
  const series = query.getAll('channel').map((id) => {
    const found = allChannels().find(({ c }) => c.id === Number(id))
    if (!found) return null
    const end = Math.min(to, seenAt(found.i))
    const gap = (t) => found.c.id % 3 === 0 && t % 86_400_000 > 11_000_000 && t % 86_400_000 < 13_000_000
    const period = (found.i.period_s || 30) * 1000
    const out = { channel: found.c.id, unit: found.c.unit }
    if ((end - from) / period <= points) {
      const t = []
      for (let x = Math.ceil(from / period) * period; x <= end; x += period) if (!gap(x)) t.push(x)
      return { ...out, raw: true, t, v: t.map((x) => valueOf(found.c, x)) }
    }
    const width = (to - from) / points
    const o = { ...out, raw: false, t: [], min: [], max: [], mean: [], count: [] }
    for (let x = from; x < end; x += width) {
      if (gap(x)) continue
      const v = [0.1, 0.4, 0.7, 0.9].map((f) => valueOf(found.c, x + f * width))
      const spread = found.c.curve.noise * 0.6
      o.t.push(Math.round(x)); o.min.push(Math.min(...v) - spread); o.max.push(Math.max(...v) + spread); o.mean.push(v.reduce((a, b) => a + b) / 4); o.count.push(20)
    }
    return o
  })
  return { series: series.filter(Boolean) }
}

function command(id, n, body) {
  const channel = outputs.find((o) => o.id === id)?.channels[n]
  if (!channel) return problem(404, 'No such output')
  if (stop.stopped) return problem(409, 'Stopped', 'Everything is stopped. Release the stop first.')
  if (body.duty > 100 || body.duty < 0) return problem(422, 'Not valid', 'The duty is between 0 and 100 %.', [{ field: 'duty', message: 'between 0 and 100' }])
  const { duration_s, ...level } = body
  delete level.lease_s
  channel.state = { index: n, ...level, since: new Date().toISOString(), by: 'user:maya', reason: 'set by hand', ...(duration_s ? { ends_at: new Date(Date.now() + duration_s * 1000).toISOString() } : {}) }
  send({ op: 'output', output: { id, ...channel.state } })
  return channel.state
}

const collections = { inputs, outputs, zones, functions: [] }
const bin = []
function crud(kind, id, verb, method, body) {
  const all = collections[kind]
  const at = all.findIndex((x) => x.id === id)
  if (verb === 'restore') { all.push(...bin.splice(0)); return all.at(-1) }
  if (at < 0) return problem(404, 'Not found', `There is no such thing.`)
  const thing = all[at]
  if (method === 'DELETE') { bin.push(...all.splice(at, 1)); return { status: 204 } }
  if (method === 'PATCH') { if (body.name === '') return problem(422, 'Not valid', 'A name is needed.', [{ field: 'name', message: 'A name is needed.' }]); Object.assign(thing, body) }
  if (verb === 'enable' || verb === 'disable') { thing.enabled = verb === 'enable'; thing.status = { ...thing.status, state: thing.enabled ? 'running' : 'inactive', since: new Date().toISOString() }; send({ op: 'controller', controller: { ref: `${kind.slice(0, -1)}/${id}`, status: thing.status } }) }
  if (verb === 'retry') { thing.status = { ...thing.status, since: new Date().toISOString(), next_try_at: new Date(Date.now() + 30_000).toISOString(), attempt: thing.status.attempt + 1 }; send({ op: 'controller', controller: { ref: `input/${id}`, status: thing.status } }) }
  return kind === 'inputs' ? inputOut(thing) : thing
}
function create(kind, body) {
  const all = collections[kind]
  if (!body.name) return problem(422, 'Not valid', 'A name is needed.', [{ field: 'name', message: 'A name is needed.' }])
  if (body.options?.broker === 'bad') return problem(422, 'Not valid', 'The broker is not an address.', [{ field: 'options.broker', message: 'This is not an address like mqtt://host:1883.' }])
  const id = Math.max(0, ...all.map((x) => x.id)) + 1
  const of = kinds.find((k) => k.id === body.kind)
  const measured = of?.channels.length ? of.channels : (body.options?.channels ?? [{ name: body.options?.quantity ?? 'value', quantity: body.options?.quantity ?? 'temperature', unit: body.options?.unit ?? 'C' }])
  const thing = kind === 'zones' ? { targets: [], description: '', ...body, id, inputs: [], outputs: [] }
    : { id, options: {}, secrets_set: [], enabled: true, zone: null, period_s: of?.period_s ?? 0, timeout_s: 5, failures_before_degraded: 3, ...body, status: { state: 'running', since: new Date().toISOString(), attempt: 0 },
        channels: kind === 'inputs' ? measured.map((c, index) => ({ ...c, index, id: 100 * id + index, curve: { base: 20, day: 1, noise: 0.2 } })) : [{ index: 0, name: '', type: /pwm/.test(body.kind) ? 'pwm' : /value/.test(body.kind) ? 'value' : 'on_off', limits: {}, safe: { on: false }, at_start: 'keep', at_stop: { on: false }, state: { index: 0, on: false, since: new Date().toISOString(), by: 'at_start' } }],
        created_at: new Date().toISOString(), updated_at: new Date().toISOString() }
  all.push(thing)
  return { status: 201, body: kind === 'inputs' ? inputOut(thing) : thing }
}

const system = () => ({ version: '0.1.0', commit: 'c0ffee1', go: 'go1.26', uptime_s: 86_420, memory_bytes: 27_400_000, cpu_seconds: 312, goroutines: 84, os: 'linux', arch: 'arm64', hostname: 'hypha-pi', data_dir: '/var/lib/hypha', data_free_bytes: 21e9, controllers: { running: 12, degraded: 1, backing_off: 1, failed: 1 }, history: { engine: 'embedded', points: 48_211_904, bytes: 81_300_000, queue: 0, lost: 0 }, live: { clients: sockets.size }, settings: { bytes: 184_320 }, lateness_ms: { p50: 0.3, p99: 2.1, max: 14 }, abandoned_calls: 0, mqtt: [{ broker: 'mqtt://192.168.1.20:1883', connected: false }], stop })
const discoveries = () => [
  { kind: 'host_system', name: 'hypha-pi', detail: 'This machine · CPU, disk, load', options: {}, exists: false, readings: [{ name: 'temperature', quantity: 'temperature', unit: 'C', value: 47 + Math.random() }, { name: 'cpu', quantity: 'cpu', unit: 'percent', value: 6 + 3 * Math.random() }] },
  { kind: 'w1_therm', name: 'DS18B20', detail: '1-Wire · GPIO 4 · 28-0316a2c8', options: { device: '28-0316a2c8' }, exists: false, readings: [{ name: 'temperature', quantity: 'temperature', unit: 'C', value: 18.6 + Math.random() / 5 }] },
  { kind: 'sht4x', name: 'SHT41', detail: 'I²C 1 · 0x44 · serial 0x0f3a', options: { address: 68 }, exists: true, readings: [{ name: 'temperature', quantity: 'temperature', unit: 'C', value: 24.4 }, { name: 'humidity', quantity: 'humidity', unit: 'percent', value: 60 }] },
]

function route(method, path, query, body) {
  const [, head, id, verb, n] = path.split('/')
  if (path === '/setup') { if (method === 'GET') return { needed: signedIn.setup }; signedIn.setup = false; signedIn.user = { id: 1, username: body.username, role: 'admin' }; return signedIn.user }
  if (path === '/auth/login') { if (body.password === 'wrong') return problem(401, 'Not signed in', 'Name or password is wrong.'); signedIn.user = { id: 1, username: body.username, role: 'admin' }; return signedIn.user }
  if (path === '/auth/me') return signedIn.user ?? problem(401, 'Not signed in')
  if (!signedIn.user) return problem(401, 'Not signed in')
  if (path === '/auth/logout') { signedIn.user = null; return { status: 204 } }
  if (path === '/stop') { if (method === 'POST') stop = { stopped: true, since: new Date().toISOString(), by: 'user:maya', reason: body.reason }; if (method === 'DELETE') stop = { stopped: false }; return stop }
  if (path === '/preferences') { if (method === 'PUT') preferences = body; return preferences }
  if (path === '/kinds') return list(kinds.filter((k) => !query.get('type') || k.type === query.get('type')))
  if (path === '/units') return list(units)
  if (path === '/quantities') return list(quantities)
  if (path === '/discoveries') return list(discoveries())
  if (path === '/system') return system()
  if (path === '/users') return list([{ id: 1, username: 'maya', role: 'admin', created_at: new Date(0).toISOString() }, { id: 2, username: 'jon', role: 'viewer', created_at: new Date(0).toISOString() }])
  if (path === '/tokens') return method === 'POST' ? { status: 201, body: { id: 9, name: body.name, secret: 'hyp_3vJ8kQ2mZr7TtY0pWcXn' } } : list([{ id: 1, name: 'night script', role: 'operator', created_at: new Date().toISOString(), last_used_at: new Date().toISOString() }])
  if (path === '/readings') return readings(query)
  if (head === 'events') { const e = events.filter((x) => (!query.get('type') || x.type === query.get('type')) && (!query.get('source') || x.source === query.get('source'))); return list(e) }
  if (path === '/channels') return list(allChannels().map(channelOut))
  if (head === 'channels') { const f = allChannels().find(({ c }) => c.id === Number(id)); if (method === 'PATCH') Object.assign(f.c, body); return { ...channelOut(f), ...body } }
  if (path === '/inputs/test') return body.options?.broker ? problem(422, 'No answer', 'The broker at this address does not answer: connection refused.') : { took_ms: 12, readings: [{ channel: 0, name: 'temperature', quantity: 'temperature', unit: 'C', value: 24.6 }, { channel: 1, name: 'humidity', quantity: 'humidity', unit: 'percent', value: 60.2 }] }
  if (head === 'outputs' && verb === 'channels') return command(Number(id), Number(n), body)
  if (head in collections) {
    if (id) return crud(head, Number(id), verb, method, body)
    if (method === 'POST') return create(head, body)
    return list(head === 'inputs' ? inputs.map(inputOut) : head === 'zones' ? zones.map((z) => ({ ...z, inputs: inputs.filter((i) => i.zone === z.id).map((i) => i.id), outputs: outputs.filter((o) => o.zone === z.id).map((o) => o.id) })) : outputs)
  }
  return problem(404, 'Not found')
}

const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json' }
const CSP = "default-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://x')
  if (!url.pathname.startsWith('/api/v1/')) {
    const name = url.pathname.slice(1)
    const file = dist && name && existsSync(new URL(name, dist)) ? name : 'index.html'
    if (!dist) return res.writeHead(404).end()
    res.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP })
    return createReadStream(new URL(file, dist)).pipe(res)
  }
  let text = ''
  req.on('data', (d) => (text += d)).on('end', () => {
    const out = route(req.method, url.pathname.slice('/api/v1'.length), url.searchParams, text ? JSON.parse(text) : {})
    const wrapped = out && typeof out.status === 'number' && ('body' in out || out.status === 204)
    const status = wrapped ? out.status : 200
    res.writeHead(status, { 'content-type': out?.problem ? 'application/problem+json' : 'application/json' })
    res.end(status === 204 ? undefined : JSON.stringify(wrapped ? out.body : out))
  })
})

const sockets = new Set()
let seq = 1
function send(frame) {
  const text = JSON.stringify({ seq: ++seq, ...frame })
  for (const s of sockets) s.send(text)
}
new WebSocketServer({ server, path: '/api/v1/live' }).on('connection', (socket) => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
  socket.on('message', (data) => {
    const { op } = JSON.parse(data)
    if (op === 'ping') socket.send('{"op":"pong"}')
    if (op === 'subscribe') socket.send(JSON.stringify({ op: 'snapshot', seq, readings: allChannels().map(({ i, c }) => [c.id, seenAt(i), valueOf(c, seenAt(i)), ...(dead(i) ? ['stale'] : [])]), outputs: outputs.flatMap((o) => o.channels.map((c) => ({ id: o.id, ...c.state }))), controllers: inputs.map((i) => ({ ref: `input/${i.id}`, status: inputOut(i).status })) }))
  })
})
setInterval(() => send({ op: 'readings', r: allChannels().filter(({ i }) => !dead(i)).map(({ c }) => [c.id, Date.now(), valueOf(c, Date.now())]) }), 2000)
setInterval(() => { const i = inputs[3]; if (i.status.state === 'backing_off') crud('inputs', 4, 'retry', 'POST', {}) }, 30_000)
server.listen(port, '127.0.0.1', () => console.log(`stand-in server on http://127.0.0.1:${port}`))
