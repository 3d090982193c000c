import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const binary = process.env.HYPHA_BIN ?? fileURLToPath(new URL('../../../bin/hypha', import.meta.url))

export const person = { username: 'maya', password: 'correct horse battery' }

/** The real program on a data folder of its own. */
export class Hypha {
  url = ''
  setupCode = ''
  log: string[] = []
  private cookie = ''
  private child: ChildProcess | undefined

  private constructor(
    private readonly data: string,
    private readonly flags: string[],
  ) {}

  /** Starts on a free port; resolves when it answers. */
  static async start(...flags: string[]): Promise<Hypha> {
    const hypha = new Hypha(await mkdtemp(join(tmpdir(), 'hypha-e2e-')), flags)
    await hypha.run('127.0.0.1:0')
    return hypha
  }

  private async run(listen: string) {
    const child = spawn(binary, ['serve', '--data', this.data, '--listen', listen, ...this.flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.child = child
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within 20 s:\n${this.log.join('\n')}`)), 20_000)
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${this.log.join('\n')}`)))
      createInterface({ input: child.stderr! }).on('line', (line) => {
        this.log.push(line)
        this.setupCode = /setup code: (\S+)/.exec(line)?.[1] ?? this.setupCode
        const url = /listening on (http:\S+)/.exec(line)?.[1]
        if (!url) return
        this.url = url.replace(/\/$/, '')
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Starts again after end(), on the same data and the same address, so that an open page finds it. */
  async start() {
    await this.run(new URL(this.url).host)
  }

  /** Stops the program; resolves to its exit code. */
  async end(): Promise<number | null> {
    const child = this.child
    if (!child || child.exitCode !== null) return child?.exitCode ?? null
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }

  async stop() {
    await this.end()
    await rm(this.data, { recursive: true, force: true })
  }

  /** Makes the first person, as the setup page would, and stays signed in as that person. */
  async setUp() {
    const answer = await fetch(`${this.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: this.setupCode, ...person }),
    })
    if (answer.status !== 201) throw new Error(`setup: ${answer.status} ${await answer.text()}`)
    this.cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!
  }

  /** The session as a browser context takes it. */
  session() {
    const [name, value] = this.cookie.split('=') as [string, string]
    return { name, value, url: this.url, httpOnly: true, sameSite: 'Strict' as const }
  }

  /** One call below /api/v1; throws on anything but 2xx. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Cookie: this.cookie, Origin: this.url },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }
}
