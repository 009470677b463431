import { defineConfig } from 'vite'

/** The console, built beside the phone app and after it: its files are none that a phone ever loads or keeps. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  publicDir: false,
  build: {
    // Desktop browsers of the last years, the last Chromium of Windows 7 among them.
    target: 'chrome109',
    cssTarget: 'chrome109',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    emptyOutDir: false,
    rollupOptions: {
      input: { console: 'console.html' },
      output: {
        entryFileNames: 'assets/console/[name]-[hash].js',
        chunkFileNames: 'assets/console/[name]-[hash].js',
        assetFileNames: 'assets/console/[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: { '/v1': 'http://127.0.0.1:8080' },
  },
})
