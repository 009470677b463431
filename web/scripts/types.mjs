// Writes src/api/types.ts from openapi.yaml. With --check it only says whether what is there is fresh.

import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const SOURCE = new URL('../../openapi.yaml', import.meta.url)
const TARGET = new URL('../src/api/types.ts', import.meta.url)

const made = `/** Generated from openapi.yaml by \`npm run types\`. */\n\n${astToString(await openapiTS(SOURCE))}`
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, made)
} else if (readFileSync(TARGET, 'utf8') !== made) {
  console.error('src/api/types.ts is stale: run `scripts/web generate`')
  process.exit(1)
}
