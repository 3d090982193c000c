/** Where one can go. A page is listed when it exists. */
export interface NavItem {
  key: string
  to: string
  icon: string
  count?: 'inputs' | 'outputs' | 'functions'
  /** Wears the number of things that need a person. */
  need?: boolean
  /** Wears the number of alerts that nobody has acknowledged. */
  calls?: boolean
}

export const groups: NavItem[][] = [
  [
    { key: 'nav.overview', to: '/', icon: 'i-lucide-house' },
    { key: 'nav.dashboards', to: '/dashboard', icon: 'i-lucide-layout-dashboard' },
    { key: 'nav.graph', to: '/graph', icon: 'i-lucide-chart-spline' },
  ],
  [
    { key: 'nav.inputs', to: '/inputs', icon: 'i-lucide-thermometer', count: 'inputs', need: true },
    { key: 'nav.outputs', to: '/outputs', icon: 'i-lucide-plug', count: 'outputs' },
    { key: 'nav.functions', to: '/functions', icon: 'i-lucide-workflow', count: 'functions' },
    { key: 'nav.zones', to: '/zones', icon: 'i-lucide-box' },
  ],
  [
    { key: 'nav.alerts', to: '/alerts', icon: 'i-lucide-bell', calls: true },
    { key: 'nav.events', to: '/events', icon: 'i-lucide-list' },
  ],
]

export const system: NavItem = { key: 'nav.system', to: '/system', icon: 'i-lucide-cpu' }

/** The phone's bottom bar. "Devices" holds inputs, outputs, functions and zones. */
export const tabs: (NavItem & { also?: string[] })[] = [
  { key: 'nav.overview', to: '/', icon: 'i-lucide-house' },
  { key: 'nav.dashboards', to: '/dashboard', icon: 'i-lucide-layout-dashboard' },
  { key: 'nav.devices', to: '/inputs', icon: 'i-lucide-thermometer', need: true, also: ['/outputs', '/functions', '/zones'] },
  { key: 'nav.alerts', to: '/alerts', icon: 'i-lucide-bell', calls: true },
  { key: 'nav.more', to: '/more', icon: 'i-lucide-ellipsis', also: ['/graph', '/events', '/system'] },
]

/** True when the page at `path` is `to` or below it. */
export const isAt = (path: string, to: string): boolean => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`))
