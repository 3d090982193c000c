// Print live readings and what outputs do. Needs Node 22 or newer.
//
//   TOKEN=hyp_... node live.mjs
const base = process.env.HYPHA ?? 'http://localhost:8080'
const topics = ['readings', 'outputs']
let seq

async function listen() {
  // A WebSocket made like this sends no headers of one's own; a ticket, good for one use, signs it in.
  const headers = { Authorization: `Bearer ${process.env.TOKEN}` }
  const answer = await fetch(`${base}/api/v1/auth/live-ticket`, { method: 'POST', headers })
  if (!answer.ok) throw new Error(await answer.text())
  const { ticket } = await answer.json()

  const live = new WebSocket(`${base.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`, 'hypha.live.v1')
  // With `since`, what was missed while the connection was away comes first.
  live.onopen = () => live.send(JSON.stringify({ op: 'subscribe', topics, since: seq }))
  live.onmessage = ({ data }) => {
    const frame = JSON.parse(data)
    seq = frame.seq ?? seq
    for (const [channel, t, value, quality = 'good'] of frame.readings ?? frame.r ?? [])
      console.log(channel, new Date(t).toISOString(), value, quality)
    if (frame.op === 'output') console.log('output', JSON.stringify(frame.output))
  }
  live.onclose = again
}

function again(why) {
  if (why instanceof Error) console.error(why.message)
  setTimeout(() => listen().catch(again), 2000)
}

listen().catch(again)
