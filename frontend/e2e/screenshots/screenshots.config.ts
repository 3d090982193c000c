import { defineConfig } from '@playwright/test'
import base from '../playwright.config'

/** Takes pictures of every page; `make screenshots`. */
export default defineConfig({ ...base, testDir: '.', testMatch: 'screenshots.ts', workers: 2, timeout: 600_000, reporter: 'line' })
