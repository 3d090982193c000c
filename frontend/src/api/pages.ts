const PAGE = 500

interface Page<T> {
  items: T[]
  total: number
}

/** All items of a list, fetched in pages. */
export async function allOf<T>(fetchPage: (query: { limit: number; offset: number }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  for (;;) {
    const page = await fetchPage({ limit: PAGE, offset: items.length })
    items.push(...page.items)
    if (items.length >= page.total || page.items.length === 0) return items
  }
}
