// Counts what the test stages left in a folder: go test, Vitest and Playwright in their JSON forms, and the stages without
// tests of their own as one each. Shows the output of failed Go tests. With --line it prints the one line
// "N passed, N failed" and exits 1 unless all passed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const line = process.argv[2] === '--line'
const dir = process.argv.at(-1)
const read = (name) => (existsSync(`${dir}/${name}`) ? readFileSync(`${dir}/${name}`, 'utf8') : '')

const counts = []
const count = (name, passed, failed, skipped = 0) => counts.push({ name, passed, failed, skipped })

const go = () => {
  const events = read('go.json').split('\n').filter((row) => row.startsWith('{')).map((row) => JSON.parse(row))
  if (!events.length) return
  const output = new Map() // of a test, a package or a build, by its name
  const place = (e) => (e.Test ? `${e.Package} ${e.Test}` : (e.ImportPath ?? e.Package))
  const seen = { pass: 0, fail: 0, skip: 0 }
  const explained = new Set() // packages with a failed test of their own
  const show = (name) => line || console.log(`--- ${name}\n${(output.get(name) ?? '').slice(-6000)}`)
  for (const e of events) {
    if (e.Action === 'output' || e.Action === 'build-output') output.set(place(e), (output.get(place(e)) ?? '') + e.Output)
    if (!e.Test || !(e.Action in seen)) continue
    seen[e.Action]++
    if (e.Action !== 'fail') continue
    explained.add(e.Package)
    show(place(e))
  }
  for (const e of events) {
    if (e.Test || e.Action !== 'fail' || explained.has(e.Package)) continue
    seen.fail++ // it did not compile, or ended before its tests did
    show(e.FailedBuild ?? e.Package)
  }
  count('go test -race', seen.pass, seen.fail, seen.skip)
}

const vitest = () => {
  const text = read('vitest.json')
  if (!text) return
  const r = JSON.parse(text)
  count('vitest', r.numPassedTests, r.numFailedTests + (r.testResults ?? []).filter((f) => f.status === 'failed' && !f.assertionResults.length).length, r.numPendingTests)
}

const playwright = () => {
  const text = read('playwright.json')
  if (!text) return
  const { stats, errors } = JSON.parse(text)
  count('playwright', stats.expected + stats.flaky, stats.unexpected + (errors?.length ?? 0), stats.skipped)
}

go()
vitest()
playwright()
const own = ['test-race', 'test-web', 'e2e']
const stages = [...new Set(readdirSync(dir).filter((f) => /\.(log|failed)$/.test(f)).map((f) => f.replace(/\.\w+$/, '')))]
const failed = stages.filter((s) => existsSync(`${dir}/${s}.failed`))
const checks = stages.filter((s) => !own.includes(s))
count('other stages', checks.filter((s) => !failed.includes(s)).length, checks.filter((s) => failed.includes(s)).length)

const sum = (key) => counts.reduce((n, c) => n + c[key], 0)
// A stage that failed without naming a test (it did not even start) counts as one.
const broken = sum('failed') === 0 ? failed.length : 0
if (line) {
  console.log(`${sum('passed')} passed, ${sum('failed') + broken} failed`)
  process.exit(failed.length ? 1 : 0)
}
for (const c of counts) console.log(`${c.name.padEnd(16)} ${c.passed} passed, ${c.failed} failed${c.skipped ? `, ${c.skipped} skipped` : ''}`)
