import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

/** Every file below a folder, by its path from there. */
function filesBelow(folder: string, before = ''): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = `${before}${entry.name}`
    return entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`, `${path}/`) : [path]
  })
}

/**
 * Tells the service worker what the app consists of, once all of it is written: what is hashed is what is served. The
 * worker's own text changes whenever a file does, which is how a browser notices.
 */
function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    writeBundle({ dir = 'dist' }) {
      const names = filesBelow(dir).filter(name => name !== 'sw.js' && !name.endsWith('.map'))
      const listed = names.sort().map(name => {
        const sha256 = createHash('sha256')
          .update(readFileSync(`${dir}/${name}`))
          .digest('hex')
        return [name === 'index.html' ? '/' : `/${name}`, sha256]
      })
      const worker = readFileSync(`${dir}/sw.js`, 'utf8')
      writeFileSync(`${dir}/sw.js`, worker.replace('__SHELL__', JSON.stringify(listed)))
    },
  }
}

export default defineConfig({
  // Vite's own JSX: no preset, so nothing but Preact's runtime comes with it.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    // Old phones in the field have WebViews of 2018; `src/polyfills.ts` brings what they lack at run time.
    target: 'chrome64',
    cssTarget: 'chrome64',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { main: 'index.html', sw: 'src/sw.ts' },
      output: {
        entryFileNames: chunk => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  plugins: [shell()],
  server: {
    proxy: { '/v1': 'http://127.0.0.1:8080' },
  },
})
