import { defineConfig } from 'vitest/config'

/** Tests of the built app in real browsers against the real server, one after another: they share two cores. */
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['tests/browser/setup.ts'],
    fileParallelism: false,
    // What a test leaves is looked at before it is cleared away.
    sequence: { hooks: 'list' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
