import { fileURLToPath } from 'node:url'
import { baseCompile } from '@intlify/message-compiler'
import { defineConfig } from 'vitest/config'
import vue from '@vitejs/plugin-vue'
import ui from '@nuxt/ui/vite'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/**
 * Two plugins of Nuxt UI that must not run. One writes its colour variables into a <style> at run time, which style-src 'self'
 * forbids: main.css holds them instead. The other brings a manager of <head> (10 kB) that nothing here needs.
 */
const withoutPlugins = {
  name: 'without-nuxt-ui-plugins',
  enforce: 'pre' as const,
  load: (id: string) =>
    /@nuxt\/ui\/dist\/runtime\/(plugins\/colors|vue\/plugins\/head)\.js$/.test(id) ? 'export default { install() {} }' : undefined,
}

/**
 * Two libraries import all of Vue as one object to ask whether it knows a name, and with that nothing of Vue could be left out of
 * the build (15 kB). Vue 3.5 knows both names.
 */
const namedVueImports = {
  name: 'named-vue-imports',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (/reka-ui\/dist\/shared\/useId\.js$/.test(id)) {
      return code.replace('import * as vue from "vue";', 'import { useId as vueUseId } from "vue";\nconst vue = { useId: vueUseId };')
    }
    if (/vue-i18n\/dist\/vue-i18n\.mjs$/.test(id)) {
      return code.replace("import * as Vue from 'vue';", "import { getCurrentInstance as vueInstance } from 'vue';\nconst Vue = { getCurrentInstance: vueInstance };")
    }
    return undefined
  },
}

/** Words are compiled when the program is built, so that the compiler (7 kB) need not travel to the browser. */
const compiledWords = {
  name: 'compiled-words',
  apply: 'build' as const,
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (!/\/src\/locales\/.*\.json$/.test(id)) return undefined
    const compile = (value: unknown): unknown =>
      typeof value === 'string'
        ? baseCompile(value, { jit: true, location: false, minify: true, optimize: true }).ast
        : Object.fromEntries(Object.entries(value as Record<string, unknown>).map(([key, inner]) => [key, compile(inner)]))
    return JSON.stringify(compile(JSON.parse(code)))
  },
}

/**
 * Our own modules that the shell and the overview import, in one file with what they need of the libraries: forty small ones weigh
 * 30 kB more, in headers and in what gzip cannot see across files, and take longer.
 */
const FIRST_PAGES = ['./src/app/main.ts', './src/app/shell/AppShell.vue', './src/features/overview/OverviewPage.vue']
interface Modules {
  getModuleInfo: (id: string) => { importedIds: readonly string[] } | null
}
let first: Set<string> | undefined
function reachable(roots: string[], info: Modules['getModuleInfo']): Set<string> {
  const seen = new Set<string>()
  const open = [...roots]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(info(id)?.importedIds ?? []))
  }
  return seen
}

/** Where `npm run dev` finds the API: the server's default address, or another one named in HYPHA_API. */
const api = process.env.HYPHA_API ?? 'http://127.0.0.1:8080'
const proxy = { '/api': { target: api, ws: true, changeOrigin: false }, '/metrics': api }

export default defineConfig(({ mode }) => ({
  resolve: {
    alias: [
      { find: /^@iconify\/vue$/, replacement: path('./src/app/iconify-offline.ts') },
      { find: /^vue-demi$/, replacement: path('./src/app/vue-demi.ts') },
      { find: /^@\//, replacement: path('./src/') },
    ],
  },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: mode === 'production',
  },
  plugins: [
    withoutPlugins,
    namedVueImports,
    compiledWords,
    // Stringified static parts go through innerHTML, where a literal style="..." counts as inline.
    vue({ template: { compilerOptions: { hoistStatic: false } } }),
    ui({
      ui: {
        colors: {
          primary: 'moss',
          neutral: 'stone',
          success: 'green',
          warning: 'amber',
          error: 'red',
          info: 'blue',
          secondary: 'violet',
        },
        button: {
          slots: { base: 'cursor-pointer font-medium' },
          // The library pales a button under the pointer, below the contrast that its words need.
          compoundVariants: [
            { color: 'primary', variant: 'solid', class: 'hover:bg-(--hy-primary-hover) active:bg-(--hy-primary-hover)' },
            { color: 'error', variant: 'solid', class: 'hover:bg-(--hy-error-hover) active:bg-(--hy-error-hover)' },
          ],
        },
        formField: { slots: { help: 'text-[13px]', error: 'text-[13px]', hint: 'text-[13px]' } },
        switch: { slots: { base: 'cursor-pointer' } },
        modal: { slots: { title: 'text-base font-semibold' } },
      },
      theme: { colors: ['primary', 'secondary', 'success', 'info', 'warning', 'error'] },
      colorMode: false,
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] } } },
      // Toaster is fetched with the first toast, which the detection does not see.
      experimental: { componentDetection: mode === 'production' ? ['Toaster', 'Toast', 'Progress'] : false },
    }),
  ],
  server: { proxy },
  preview: { proxy },
  worker: { format: 'es' as const },
  build: {
    manifest: true,
    assetsInlineLimit: 0, // a font or worker as data: URI would break the Content-Security-Policy
    rollupOptions: {
      output: {
        manualChunks(id: string, { getModuleInfo }: Modules) {
          first ??= reachable(FIRST_PAGES.map(path), getModuleInfo)
          return /\/src\//.test(id) && !id.includes('node_modules') && first.has(id) ? 'first' : undefined
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
}))
