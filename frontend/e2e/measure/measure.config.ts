import { defineConfig } from '@playwright/test'
import base from '../playwright.config'

/** Measures pages against the real program; `npx playwright test --config e2e/measure/measure.config.ts dashboard`. */
export default defineConfig({ ...base, testDir: '.', testMatch: '*.measure.ts', workers: 1, timeout: 600_000, reporter: 'line', use: { ...base.use, trace: 'off', screenshot: 'off' } })
