import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from '@/features/auth/session'
import { loadWords } from './i18n'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's name, for the breadcrumb and the tab. */
    title?: string
    /** Breadcrumb: the pages above, from the top. */
    parents?: { title: string; to: string }[]
    /** Shown without the shell. */
    bare?: boolean
    /** Reachable without signing in. */
    open?: boolean
    /** Feature catalogues of words that the page needs. */
    words?: string[]
  }
}

const inputs = { title: 'nav.inputs', to: '/inputs' }
const outputs = { title: 'nav.outputs', to: '/outputs' }
const functions = { title: 'nav.functions', to: '/functions' }
const alerts = { title: 'nav.alerts', to: '/alerts' }
const zones = { title: 'nav.zones', to: '/zones' }

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('@/features/overview/OverviewPage.vue'), meta: { title: 'nav.overview' } },
  {
    path: '/dashboard/:id?',
    component: () => import('@/features/dashboards/DashboardPage.vue'),
    meta: { title: 'nav.dashboards', words: ['dashboards', 'graph', 'forms'] },
  },
  { path: '/graph', component: () => import('@/features/graph/GraphPage.vue'), meta: { title: 'nav.graph', words: ['graph'] } },
  { path: '/inputs', component: () => import('@/features/inputs/InputsPage.vue'), meta: { title: 'nav.inputs', words: ['inputs'] } },
  {
    path: '/inputs/new',
    component: () => import('@/features/inputs/CataloguePage.vue'),
    meta: { title: 'nav.add', parents: [inputs], words: ['inputs'] },
  },
  {
    path: '/inputs/new/:kind',
    component: () => import('@/features/inputs/NewInputPage.vue'),
    meta: { title: 'nav.add', parents: [inputs, { title: 'nav.add', to: '/inputs/new' }], words: ['inputs', 'forms'] },
  },
  {
    path: '/inputs/:id(\\d+)/:tab(live|settings|events)?',
    component: () => import('@/features/inputs/InputPage.vue'),
    meta: { title: 'nav.input', parents: [inputs], words: ['inputs', 'forms', 'channels', 'graph', 'events'] },
  },
  {
    path: '/outputs',
    component: () => import('@/features/outputs/OutputsPage.vue'),
    meta: { title: 'nav.outputs', words: ['outputs', 'inputs'] },
  },
  {
    path: '/outputs/new',
    component: () => import('@/features/outputs/CataloguePage.vue'),
    meta: { title: 'nav.add', parents: [outputs], words: ['outputs', 'inputs'] },
  },
  {
    path: '/outputs/new/:kind',
    component: () => import('@/features/outputs/NewOutputPage.vue'),
    meta: { title: 'nav.add', parents: [outputs, { title: 'nav.add', to: '/outputs/new' }], words: ['outputs', 'inputs', 'forms'] },
  },
  {
    path: '/outputs/:id(\\d+)/:tab(live|settings|events)?',
    component: () => import('@/features/outputs/OutputPage.vue'),
    meta: { title: 'nav.output', parents: [outputs], words: ['outputs', 'inputs', 'forms', 'events', 'graph'] },
  },
  {
    path: '/functions',
    component: () => import('@/features/functions/FunctionsPage.vue'),
    meta: { title: 'nav.functions', words: ['functions', 'inputs', 'outputs'] },
  },
  {
    path: '/functions/new',
    component: () => import('@/features/functions/CataloguePage.vue'),
    meta: { title: 'nav.add', parents: [functions], words: ['functions', 'inputs'] },
  },
  {
    path: '/functions/new/:kind',
    component: () => import('@/features/functions/NewFunctionPage.vue'),
    meta: { title: 'nav.add', parents: [functions, { title: 'nav.add', to: '/functions/new' }], words: ['functions', 'inputs', 'forms'] },
  },
  {
    path: '/functions/:id(\\d+)/:tab(live|settings|events)?',
    component: () => import('@/features/functions/FunctionPage.vue'),
    meta: { title: 'nav.function', parents: [functions], words: ['functions', 'inputs', 'outputs', 'forms', 'channels', 'graph', 'events'] },
  },
  { path: '/zones', component: () => import('@/features/zones/ZonesPage.vue'), meta: { title: 'nav.zones', words: ['zones', 'inputs'] } },
  {
    path: '/zones/:id(\\d+|new)/:tab(live|settings)?',
    component: () => import('@/features/zones/ZonePage.vue'),
    meta: { title: 'nav.zone', parents: [zones], words: ['zones', 'forms', 'outputs', 'inputs', 'functions', 'graph'] },
  },
  {
    path: '/alerts/:tab(rules|routes|sent|settings)?',
    component: () => import('@/features/alerts/AlertsPage.vue'),
    meta: { title: 'nav.alerts', words: ['alerts', 'forms'] },
  },
  {
    path: '/alerts/new',
    component: () => import('@/features/alerts/CataloguePage.vue'),
    meta: { title: 'nav.add', parents: [alerts], words: ['alerts', 'inputs'] },
  },
  {
    path: '/alerts/new/:kind',
    component: () => import('@/features/alerts/AlertPage.vue'),
    meta: { title: 'nav.add', parents: [alerts, { title: 'nav.add', to: '/alerts/new' }], words: ['alerts', 'forms'] },
  },
  {
    path: '/alerts/:id(\\d+)',
    component: () => import('@/features/alerts/AlertPage.vue'),
    meta: { title: 'nav.alert', parents: [alerts], words: ['alerts', 'forms'] },
  },
  {
    path: '/alerts/routes/new',
    component: () => import('@/features/alerts/RouteCataloguePage.vue'),
    meta: { title: 'nav.add', parents: [alerts], words: ['alerts', 'inputs'] },
  },
  {
    path: '/alerts/routes/:id(\\d+)',
    component: () => import('@/features/alerts/RoutePage.vue'),
    meta: { title: 'nav.alerts', parents: [alerts], words: ['alerts', 'forms'] },
  },
  {
    path: '/alerts/routes/new/:kind',
    component: () => import('@/features/alerts/RoutePage.vue'),
    meta: { title: 'nav.add', parents: [alerts, { title: 'nav.add', to: '/alerts/routes/new' }], words: ['alerts', 'forms'] },
  },
  { path: '/events', component: () => import('@/features/events/EventsPage.vue'), meta: { title: 'nav.events', words: ['events'] } },
  {
    path: '/system/:tab(status|units|users|tokens|account|about)?',
    component: () => import('@/features/system/SystemPage.vue'),
    meta: { title: 'nav.system', words: ['system', 'forms'] },
  },
  { path: '/more', component: () => import('@/features/system/MorePage.vue'), meta: { title: 'nav.more', words: ['system'] } },
  {
    path: '/setup',
    component: () => import('@/features/setup/SetupPage.vue'),
    meta: { title: 'nav.setup', bare: true, open: true, words: ['setup'] },
  },
  {
    path: '/setup/found',
    component: () => import('@/features/setup/FoundPage.vue'),
    meta: { title: 'nav.setup', bare: true, words: ['setup'] },
  },
  {
    path: '/login',
    component: () => import('@/features/auth/LoginPage.vue'),
    meta: { title: 'nav.login', bare: true, open: true, words: ['setup'] },
  },
  { path: '/:rest(.*)*', component: () => import('./NotFoundPage.vue'), meta: { title: 'nav.lost' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

/** Nobody sees a page that needs a person before there is one; nobody who is signed in sees the login. */
router.beforeEach(async (to) => {
  const session = useSession()
  try {
    await session.check()
  } catch {
    return true // the page says that the server does not answer
  }
  if (session.user) return to.meta.open ? '/' : true
  if (session.setupNeeded) return to.path === '/setup' ? true : '/setup'
  if (to.path === '/setup') return '/login'
  return to.meta.open ? true : { path: '/login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
})

/** After an update of Hypha the old page's chunks are gone: load the page anew, once. */
const RELOADED = 'hypha-reloaded'
router.onError((error: unknown, to) => {
  if (!/dynamically imported module|module script|Unable to preload/i.test(String(error))) return
  if (sessionStorage.getItem(RELOADED) === to.fullPath) return
  sessionStorage.setItem(RELOADED, to.fullPath)
  location.assign(to.fullPath)
})
router.afterEach(() => sessionStorage.removeItem(RELOADED))

router.beforeResolve((to) => loadWords(to.meta.words ?? []))
