// Weighs what a browser fetches before the overview is drawn: the entry, the shell and the overview's chunks with
// all they import, and the live worker. Fails above the budget. Run it after `npm run build`.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 150_000 // bytes
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const roots = ['index.html', 'src/app/shell/AppShell.vue', 'src/features/overview/OverviewPage.vue']

const files = new Set()
const css = new Set()
const visit = (key) => {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`${key} is not in the build's manifest`)
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const sheet of chunk.css ?? []) css.add(sheet)
  for (const next of chunk.imports ?? []) visit(next)
}
for (const root of roots) if (manifest[root] || root === 'index.html') visit(root)
for (const file of readdirSync(new URL('assets/', dist))) if (/worker.*\.js$/.test(file)) files.add(`assets/${file}`)

const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(7)
const rows = [...files].map((file) => [file, weigh(file)]).sort((a, b) => b[1] - a[1])
for (const [file, bytes] of rows) console.log(`${kib(bytes)}  ${file}`)
const total = rows.reduce((sum, [, bytes]) => sum + bytes, 0)
console.log(`${kib(total)}  JavaScript before the overview is drawn, gzipped KiB (budget ${kib(BUDGET).trim()})`)
console.log(`${kib([...css].reduce((sum, file) => sum + weigh(file), 0))}  CSS`)
if (total > BUDGET) {
  console.error(`over the budget by ${kib(total - BUDGET).trim()} KiB`)
  process.exit(1)
}
