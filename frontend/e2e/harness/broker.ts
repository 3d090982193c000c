import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const mosquitto = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find((p) => existsSync(p)) ?? 'mosquitto'

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** A real Mosquitto that can be killed and started again on its port. */
export class Broker {
  private child: ChildProcess | undefined

  private constructor(
    readonly port: number,
    private readonly dir: string,
  ) {}

  static async start(): Promise<Broker> {
    const broker = new Broker(await freePort(), await mkdtemp(join(tmpdir(), 'hypha-broker-')))
    await writeFile(join(broker.dir, 'conf'), `listener ${broker.port} 127.0.0.1\nallow_anonymous true\npersistence false\n`)
    await broker.start()
    return broker
  }

  get url() {
    return `mqtt://127.0.0.1:${this.port}`
  }

  async start() {
    this.child = spawn(mosquitto, ['-c', join(this.dir, 'conf')], { stdio: 'ignore' })
    for (let n = 0; ; n++) {
      if (await this.answers()) return
      if (n === 100) throw new Error('mosquitto does not answer')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  private answers() {
    return new Promise<boolean>((resolve) => {
      const socket = connect(this.port, '127.0.0.1')
      socket.once('connect', () => (socket.destroy(), resolve(true)))
      socket.once('error', () => resolve(false))
    })
  }

  /** Ends at once, without a goodbye to its clients. */
  async kill() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }

  async stop() {
    await this.kill()
    await rm(this.dir, { recursive: true, force: true })
  }

  /** Publishes one retained message (MQTT 3.1.1, QoS 0), so that it does not matter who comes first. */
  async publish(topic: string, payload: string) {
    const string = (s: string) => {
      const b = Buffer.from(s)
      return Buffer.concat([Buffer.from([b.length >> 8, b.length & 255]), b])
    }
    const packet = (type: number, ...parts: Buffer[]) => {
      const body = Buffer.concat(parts)
      const length: number[] = []
      for (let n = body.length; ; ) {
        length.push((n & 127) | (n > 127 ? 128 : 0))
        n >>= 7
        if (n === 0) break
      }
      return Buffer.concat([Buffer.from([type, ...length]), body])
    }
    const socket = connect(this.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(packet(0x10, string('MQTT'), Buffer.from([4, 2, 0, 30]), string(`e2e-${process.pid}-${performance.now()}`)))
    await once(socket, 'data') // CONNACK
    socket.write(packet(0x31, string(topic), Buffer.from(payload)))
    socket.end(packet(0xe0))
    await once(socket, 'close')
  }
}
