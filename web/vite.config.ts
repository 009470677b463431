import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

/**
 * Tells the service worker what the app consists of. It is written after everything else is, so its list names the
 * files by their hashes; the worker's own text changes whenever one of them does, which is how a browser notices.
 */
function shell(): Plugin {
  return {
    name: 'shell',
    enforce: 'post',
    apply: 'build',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js']
      if (worker === undefined || worker.type !== 'chunk') return
      const built = Object.values(bundle).filter(file => file.fileName !== 'sw.js' && !file.fileName.endsWith('.map'))
      const files = new Map<string, string | Uint8Array>()
      for (const name of readdirSync('public')) files.set(name, readFileSync(`public/${name}`))
      for (const file of built) files.set(file.fileName, file.type === 'chunk' ? file.code : file.source)
      const listed = Array.from(files.keys())
        .sort()
        .map(name => {
          const path = name === 'index.html' ? '/' : `/${name}`
          return [
            path,
            createHash('sha256')
              .update(files.get(name) ?? '')
              .digest('hex'),
          ]
        })
      worker.code = worker.code.replace('__SHELL__', JSON.stringify(listed))
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
