import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A JPEG of 2 x 2 pixels. */
const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAACAAIBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APn+v//Z',
  'base64',
)

/** A network camera with a still and a stream, which can be unplugged. */
export class NetworkCamera {
  stills = 0
  /** Streams that are open now. */
  watching = 0
  plugged = true
  private server: Server
  private readonly streams = new Set<ServerResponse>()

  private constructor() {
    this.server = createServer((request, response) => {
      if (!this.plugged) return void response.writeHead(503).end('the lens cap is on')
      if (request.url === '/still.jpg') {
        this.stills++
        return void response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(JPEG)
      }
      if (request.url !== '/stream') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><p>Sign in</p>')
      response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=frame' })
      this.watching++
      this.streams.add(response)
      const timer = setInterval(() => {
        response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${JPEG.length}\r\n\r\n`)
        response.write(JPEG)
        response.write('\r\n')
      }, 100)
      response.on('close', () => {
        clearInterval(timer)
        this.watching--
        this.streams.delete(response)
      })
    })
  }

  static async start(): Promise<NetworkCamera> {
    const camera = new NetworkCamera()
    camera.server.listen(0, '127.0.0.1')
    await once(camera.server, 'listening')
    return camera
  }

  url(path: string) {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`
  }

  /** Nobody gets anything any more. */
  unplug() {
    this.plugged = false
    for (const stream of this.streams) stream.destroy()
  }

  async stop() {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }
}
