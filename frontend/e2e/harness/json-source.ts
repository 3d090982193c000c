import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A device on the network that answers with JSON; what it says, and whether it does, can change. */
export class JsonSource {
  requests = 0
  private server: Server

  private constructor(public answer: unknown) {
    this.server = createServer((_, response) => {
      this.requests++
      if (this.answer === undefined) response.writeHead(503).end()
      else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(this.answer))
    })
  }

  static async start(answer: unknown): Promise<JsonSource> {
    const source = new JsonSource(answer)
    source.server.listen(0, '127.0.0.1')
    await once(source.server, 'listening')
    return source
  }

  get url() {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/status`
  }

  async stop() {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }
}
