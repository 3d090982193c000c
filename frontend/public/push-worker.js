// Shows what Hypha sends to this browser, also while no page is open, and opens the alerts when it is touched.
self.addEventListener('push', (event) => {
  let message = {}
  try {
    message = event.data ? event.data.json() : {}
  } catch {
    message = { body: event.data.text() }
  }
  event.waitUntil(
    self.registration.showNotification(message.title || 'Hypha', {
      body: message.body || '',
      icon: '/logo.svg',
      requireInteraction: message.severity === 'critical',
      data: { link: message.link || '/alerts' },
    }),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(self.clients.openWindow(event.notification.data.link))
})
