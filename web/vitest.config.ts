import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/unit/**/*.test.ts', 'tests/server/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    // Its modules are for bundlers: Node.js would take them for another format.
    server: { deps: { inline: ['tus-js-client'] } },
  },
})
