// Keeps the shell of this version and the last answers of the API, so that the pages open without a connection and say from when
// their values are; shows what Hypha pushes. `SHELL` and `VERSION` are filled in by the build (plugin.ts).

/* global self, caches, fetch, Response, Headers, URL, clearTimeout, setTimeout */
const VERSION = '__VERSION__'
const SHELL = ['__SHELL__']
const SHELL_NAME = 'hypha-shell-'
const SHELL_CACHE = SHELL_NAME + VERSION
const ASSETS = 'hypha-assets'
const DATA = 'hypha-data'
const KEPT = 'X-Hypha-Kept'
/** Versions whose files stay: an open page goes on with those it began with. */
const VERSIONS = 2
const MOST_ASSETS = 200
const MOST_ANSWERS = 80
const LARGEST_ANSWER = 1_000_000 // bytes
const SLOW_MS = 6000

/** What a page needs to be drawn. Exports, files, backups and the journal's depths are not kept. */
const kept = /^\/api\/v1\/(auth\/me|preferences|setup|units|quantities|channels|inputs|outputs|functions|zones|methods|alerts|dashboards|stop|system|kinds|events|notes|readings(\/latest)?)(\/\d+)?$/

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll(SHELL)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const shells = (await caches.keys()).filter((name) => name.startsWith(SHELL_NAME)) // in the order they were made
      const old = shells.filter((name) => name !== SHELL_CACHE)
      await Promise.all(old.slice(0, Math.max(0, old.length - VERSIONS + 1)).map((name) => caches.delete(name)))
      await self.clients.claim()
    })(),
  )
})

/** Forgets what was kept first, beyond so many. */
async function trim(cache, most) {
  const keys = await cache.keys()
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)))
}

/** An answer in time, or a refusal: on a bad line a person should not look at nothing. */
function soon(request) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('slow')), SLOW_MS)
    fetch(request).then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

async function page(request) {
  try {
    return await soon(request)
  } catch (error) {
    const shell = await caches.match('/', { cacheName: SHELL_CACHE })
    if (shell) return shell
    throw error
  }
}

/** A file whose name says what is in it never changes. */
async function asset(request) {
  const found = await caches.match(request)
  if (found) return found
  const answer = await fetch(request)
  if (answer.ok) {
    const cache = await caches.open(ASSETS)
    await cache.put(request, answer.clone())
    await trim(cache, MOST_ASSETS)
  }
  return answer
}

async function file(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const found = await caches.match(request, { cacheName: SHELL_CACHE })
    if (found) return found
    throw error
  }
}

async function keep(request, answer) {
  const cache = await caches.open(DATA)
  if (answer.status === 401) {
    await caches.delete(DATA)
    return
  }
  if (!answer.ok) return
  const body = await answer.blob()
  if (body.size > LARGEST_ANSWER) return
  const headers = new Headers({ 'Content-Type': answer.headers.get('Content-Type') ?? 'application/json', [KEPT]: String(Date.now()) })
  await cache.delete(request) // so that it counts as the newest
  await cache.put(request, new Response(body, { headers }))
  await trim(cache, MOST_ANSWERS)
}

async function answer(event) {
  const { request } = event
  try {
    const fresh = await fetch(request)
    event.waitUntil(keep(request, fresh.clone()).catch(() => undefined))
    return fresh
  } catch (error) {
    const old = await caches.match(request, { cacheName: DATA })
    if (old) return old
    throw error
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  const api = url.pathname === '/api' || url.pathname.startsWith('/api/') || url.pathname === '/metrics'
  if (request.mode === 'navigate') {
    if (!api) event.respondWith(page(request))
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request))
  else if (api) {
    if (kept.test(url.pathname)) event.respondWith(answer(event))
  } else if (SHELL.includes(url.pathname)) event.respondWith(file(request))
})

// Shows what Hypha sends to this browser, also while no page is open.
self.addEventListener('push', (event) => {
  let message = {}
  try {
    message = event.data ? event.data.json() : {}
  } catch {
    message = { body: event.data.text() }
  }
  const shown = self.registration.showNotification(message.title || 'Hypha', {
    body: message.body || '',
    icon: '/icon-192.png',
    badge: '/badge-96.png',
    tag: message.tag || undefined,
    requireInteraction: message.severity === 'critical',
    data: { link: message.link || '/alerts' },
  })
  event.waitUntil(Promise.all([shown, self.navigator.setAppBadge?.().catch(() => undefined)]))
})

/** Opens what it is about, in a window that is open already where there is one. Only a page of our own. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const wish = new URL(event.notification.data?.link ?? '/alerts', self.location.origin)
  const target = wish.origin === self.location.origin ? wish.href : `${self.location.origin}/alerts`
  event.waitUntil(
    (async () => {
      const [open] = await self.clients.matchAll({ type: 'window' })
      if (!open) return self.clients.openWindow(target)
      await open.focus()
      open.postMessage({ kind: 'open', path: target.slice(self.location.origin.length) })
    })(),
  )
})
