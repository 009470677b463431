import { defineConfig } from 'vitest/config'

/** Measurements of the built app in Chromium; `scripts/web bench` prints them. */
export default defineConfig({
  test: {
    include: ['tests/bench/*.bench.ts'],
    environment: 'node',
    setupFiles: ['tests/browser/setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
})
