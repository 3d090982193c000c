import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin, Rollup } from 'vite'

/** Files of public/ that the shell needs without a connection. */
const PUBLIC = ['/theme.js', '/logo.svg', '/manifest.webmanifest', '/icon-192.png']
/** What is drawn first, whatever the page, and what says that a deed failed: kept with the version. */
const ROOTS = /@nuxt\/ui\/.*\/Toaster\.vue$|\/src\/app\/main\.ts$|\/src\/app\/shell\/AppShell\.vue$|\/src\/features\/overview\/OverviewPage\.vue$|index\.html$/
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

function shellFiles(bundle: Rollup.OutputBundle): string[] {
  const files = new Set<string>()
  const visit = (name: string) => {
    const chunk = bundle[name]
    if (!chunk || chunk.type !== 'chunk' || files.has(name)) return
    files.add(name)
    chunk.imports.forEach(visit)
  }
  for (const [name, chunk] of Object.entries(bundle)) {
    if (chunk.type === 'chunk' && (chunk.isEntry || (chunk.facadeModuleId && ROOTS.test(chunk.facadeModuleId)))) visit(name)
    // Styles of the shell, letters as far as Latin goes, and the worker that holds the live feed.
    if (chunk.type === 'asset' && /^assets\/(index-.*\.css|inter-latin-opsz-normal.*\.woff2|.*worker-.*\.js)$/.test(name)) files.add(name)
  }
  return [...files].sort().map((name) => `/${name}`)
}

/** Writes service-worker.js for exactly the files of this build; any other build has another one, which is how browsers find it. */
export const serviceWorker = (): Plugin => ({
  name: 'service-worker',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const page = bundle['index.html']
    if (page?.type !== 'asset') return // the build of a worker
    const shell = ['/', ...PUBLIC, ...shellFiles(bundle)]
    const hash = createHash('sha256').update(shell.join('\n')).update(String(page.source))
    for (const name of PUBLIC) hash.update(readFileSync(here(`../public${name}`)))
    const source = readFileSync(here('service-worker.js'), 'utf8')
      .replace("'__VERSION__'", JSON.stringify(hash.digest('hex').slice(0, 12)))
      .replace("['__SHELL__']", JSON.stringify(shell))
    this.emitFile({ type: 'asset', fileName: 'service-worker.js', source })
  },
})
