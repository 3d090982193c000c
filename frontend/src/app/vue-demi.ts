/**
 * Stands in for vue-demi, which vue-query asks for: it re-exports Vue as one object, and with that nothing of Vue could be left
 * out of the build (15 kB).
 */
export * from 'vue'
export const isVue2 = false
export const isVue3 = true
