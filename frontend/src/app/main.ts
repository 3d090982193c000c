import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { whenUnauthenticated } from '@/api/client'
import { useSession } from '@/features/auth/session'
import App from './App.vue'
import { i18n } from './i18n'
import './main.css'
import { queryClient } from './query'
import { router } from './router'

const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient }).use(router).use(ui)

whenUnauthenticated(() => {
  const session = useSession()
  if (!session.user) return
  session.expire()
  queryClient.clear()
  void router.push({ path: '/login', query: { next: router.currentRoute.value.fullPath } })
})

app.mount('#app')
