/** Holds the live socket away from the page, so that parsing and conflation never cost a frame. */
import type { FromFeed, ToFeed } from './protocol'
import { Session, type Socket } from './session'

interface WorkerScope {
  postMessage(message: FromFeed): void
  onmessage: ((message: MessageEvent<ToFeed>) => void) | null
}
const scope = self as unknown as WorkerScope

let session: Session | null = null

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case 'start':
      session?.stop()
      session = new Session({
        open: () => new WebSocket(data.url, 'hypha.live.v1') as unknown as Socket,
        post: (message) => scope.postMessage(message),
      })
      session.start()
      return
    case 'taken':
      session?.taken()
      return
    case 'wake':
      session?.wake()
      return
    case 'stop':
      session?.stop()
      session = null
  }
}
