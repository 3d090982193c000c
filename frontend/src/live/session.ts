import { Conflator } from './conflate'
import type { Connection, Frame, FromFeed } from './protocol'

/** The part of WebSocket that a session needs. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: (() => void) | null
  send(data: string): void
  close(): void
}

export interface SessionOptions {
  open: () => Socket
  post: (message: FromFeed) => void
  random?: () => number
}

const TOPICS = ['readings', 'outputs', 'controllers', 'events']
const PING_MS = 20_000
const SILENCE_MS = 32_000
const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 15_000

/**
 * Keeps one socket to the server: subscribes, resumes with the last sequence number after a break, tries again with growing pauses,
 * and hands what arrives to the page only as fast as the page takes it.
 */
export class Session {
  private readonly held = new Conflator()
  private socket: Socket | null = null
  private seq: number | null = null
  private attempt = 0
  private pageReady = true
  private stopped = false
  private connection: Connection = 'connecting'
  private lastHeard: number | null = null
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined

  constructor(private readonly options: SessionOptions) {}

  start(): void {
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retryTimer)
    this.drop()
  }

  /** The page painted the last batch and has room for the next. */
  taken(): void {
    this.pageReady = true
    this.flush()
  }

  /** The network is back, or the page is visible again: do not sit out the pause. */
  wake(): void {
    if (this.stopped) return
    if (this.socket === null) {
      this.attempt = 0
      this.connect()
    } else if (this.connection === 'live') {
      this.socket.send('{"op":"ping"}')
    }
  }

  private connect(): void {
    clearTimeout(this.retryTimer)
    this.drop()
    let socket: Socket
    try {
      socket = this.options.open()
    } catch {
      this.retry()
      return
    }
    this.socket = socket
    socket.onopen = () => {
      socket.send(JSON.stringify({ op: 'subscribe', topics: TOPICS, ...(this.seq === null ? {} : { since: this.seq }) }))
      this.heard()
      this.pingTimer = setInterval(() => this.beat(), PING_MS)
    }
    socket.onmessage = ({ data }) => this.receive(data)
    socket.onclose = () => {
      if (this.socket !== socket) return
      this.drop()
      this.retry()
    }
  }

  private receive(data: unknown): void {
    if (typeof data !== 'string') return
    let frame: Frame
    try {
      frame = JSON.parse(data) as Frame
    } catch {
      return
    }
    this.heard()
    this.attempt = 0
    this.announce('live')
    if ('seq' in frame && typeof frame.seq === 'number') this.seq = frame.seq
    this.held.add(frame)
    this.flush()
  }

  private flush(): void {
    if (!this.pageReady || this.held.empty) return
    this.pageReady = false
    this.options.post({ kind: 'batch', batch: this.held.take() })
  }

  private heard(): void {
    this.lastHeard = Date.now()
  }

  private beat(): void {
    if (Date.now() - (this.lastHeard ?? 0) > SILENCE_MS) {
      const silent = this.socket
      this.drop()
      silent?.close()
      this.retry()
      return
    }
    this.socket?.send('{"op":"ping"}')
  }

  private retry(): void {
    if (this.stopped) return
    this.announce('lost')
    const pause = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempt)
    this.attempt += 1
    const jitter = 0.7 + 0.6 * (this.options.random ?? Math.random)()
    this.retryTimer = setTimeout(() => this.connect(), pause * jitter)
  }

  private drop(): void {
    clearInterval(this.pingTimer)
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    try {
      socket.close()
    } catch {
      // It was never open.
    }
  }

  private announce(connection: Connection): void {
    if (this.connection === connection) return
    this.connection = connection
    this.options.post({ kind: 'connection', connection, since: Date.now(), lastHeard: this.lastHeard })
  }
}
