/** The tests read as somebody in Britain does, whatever machine they run on. */
Object.defineProperty(navigator, 'languages', { value: ['en-GB', 'en'], configurable: true })
