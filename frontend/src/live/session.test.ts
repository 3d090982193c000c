import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Frame, FromFeed } from './protocol'
import { Session, type Socket } from './session'

class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  sent: unknown[] = []
  closed = false
  send(data: string) {
    this.sent.push(JSON.parse(data))
  }
  close() {
    this.closed = true
  }
  say(frame: Frame) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

let sockets: FakeSocket[]
let posts: FromFeed[]
let session: Session
const last = () => sockets.at(-1) as FakeSocket
const batches = () => posts.flatMap((p) => (p.kind === 'batch' ? [p.batch] : []))
const connections = () => posts.flatMap((p) => (p.kind === 'connection' ? [p.connection] : []))

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  posts = []
  session = new Session({
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    post: (message) => posts.push(message),
    random: () => 0.5,
  })
  session.start()
  last().onopen?.()
})
afterEach(() => {
  session.stop()
  vi.useRealTimers()
})

it('subscribes to everything, the first time without a place to resume', () => {
  expect(last().sent).toEqual([{ op: 'subscribe', topics: ['readings', 'outputs', 'controllers', 'events'] }])
})

it('resumes after a break where it was', () => {
  last().say({ op: 'snapshot', seq: 41 })
  last().say({ op: 'readings', seq: 42, r: [[1, 1, 1]] })
  last().onclose?.()
  vi.advanceTimersByTime(500)
  last().onopen?.()
  expect(sockets).toHaveLength(2)
  expect(last().sent[0]).toMatchObject({ op: 'subscribe', since: 42 })
})

it('takes the new count of a server that has started again', () => {
  last().say({ op: 'snapshot', seq: 4000 })
  last().onclose?.()
  vi.advanceTimersByTime(500)
  last().onopen?.()
  last().say({ op: 'snapshot', seq: 3 })
  last().onclose?.()
  vi.advanceTimersByTime(500)
  last().onopen?.()
  expect(last().sent[0]).toMatchObject({ since: 3 })
})

it('pauses longer with each failure, and never longer than 15 s', () => {
  const waits: number[] = []
  for (let i = 0; i < 8; i++) {
    last().onclose?.()
    const before = Date.now()
    while (sockets.length === i + 1) vi.advanceTimersByTime(100)
    waits.push(Date.now() - before)
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000])
})

it('does not sit out the pause when the network is back', () => {
  last().onclose?.()
  session.wake()
  expect(sockets).toHaveLength(2)
})

it('says once that it is live, and once that it is lost', () => {
  last().say({ op: 'snapshot', seq: 1 })
  last().say({ op: 'pong' })
  last().onclose?.()
  expect(connections()).toEqual(['live', 'lost'])
})

it('notices a connection that has died without a word', () => {
  last().say({ op: 'snapshot', seq: 1 })
  vi.advanceTimersByTime(41_000)
  expect(sockets[0]?.closed).toBe(true)
  expect(connections()).toEqual(['live', 'lost'])
})

describe('a slow page', () => {
  it('gets one batch at a time, with the newest of what came meanwhile', () => {
    last().say({ op: 'readings', seq: 1, r: [[1, 1, 10]] })
    for (let i = 2; i < 500; i++) last().say({ op: 'readings', seq: i, r: [[1, i, i]] })
    expect(batches()).toHaveLength(1)
    session.taken()
    expect(batches()).toHaveLength(2)
    expect(batches()[1]?.readings).toEqual([[1, 499, 499]])
    session.taken()
    expect(batches()).toHaveLength(2)
  })
})

it('survives what it does not understand', () => {
  last().onmessage?.({ data: 'no json' })
  last().onmessage?.({ data: new Blob([]) })
  last().say({ op: 'readings', seq: 1, r: [[1, 1, 1]] })
  expect(batches()).toHaveLength(1)
})
