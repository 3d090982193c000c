import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { api, unwrap } from '@/api/client'
import { ApiError } from '@/api/problem'
import type { User } from '@/api/types'

/** Who is signed in, and whether this Hypha has an owner yet. */
export const useSession = defineStore('session', () => {
  const user = shallowRef<User | null>(null)
  const setupNeeded = shallowRef(false)
  const checked = shallowRef(false)

  /** Asks the server once per page load. Throws only when it cannot be reached. */
  async function check(): Promise<void> {
    if (checked.value) return
    try {
      user.value = unwrap(await api.GET('/auth/me'))
    } catch (error) {
      if (!(error instanceof ApiError) || error.unreachable) throw error
      user.value = null
      setupNeeded.value = unwrap(await api.GET('/setup')).needed
    }
    checked.value = true
  }

  async function setup(code: string, username: string, password: string): Promise<void> {
    user.value = unwrap(await api.POST('/setup', { body: { code, username, password } }))
    setupNeeded.value = false
  }

  async function login(username: string, password: string): Promise<void> {
    user.value = unwrap(await api.POST('/auth/login', { body: { username, password } }))
  }

  async function logout(): Promise<void> {
    unwrap(await api.POST('/auth/logout'))
    user.value = null
  }

  /** The server no longer knows the session. */
  function expire(): void {
    user.value = null
  }

  const mayEdit = computed(() => user.value !== null && user.value.role !== 'viewer')
  const isAdmin = computed(() => user.value?.role === 'admin')

  return { user, setupNeeded, checked, mayEdit, isAdmin, check, setup, login, logout, expire }
})
