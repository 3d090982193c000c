/** What a role sees of the system, and what it may hand on. */
import type { Role } from '@/api/types'

export const ROLES: Role[] = ['viewer', 'operator', 'admin']
export const TABS = ['status', 'units', 'tokens', 'users', 'account', 'about'] as const
export type Tab = (typeof TABS)[number]

/** The server tells accounts only to administrators. */
export const tabsFor = (role: Role | undefined): Tab[] => TABS.filter((tab) => tab !== 'users' || role === 'admin')

/** The page that an address asks for, or the first one when it is not for this role. */
export const tabOf = (asked: unknown, role: Role | undefined): Tab => tabsFor(role).find((tab) => tab === asked) ?? 'status'

/** A token may do at most what its owner may. */
export const rolesUpTo = (role: Role | undefined): Role[] => ROLES.slice(0, ROLES.indexOf(role ?? 'viewer') + 1)

export const pathOf = (tab: Tab): string => (tab === 'status' ? '/system' : `/system/${tab}`)
