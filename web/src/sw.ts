/**
 * The app without a network: everything that it consists of is kept at installation, and served from there.
 *
 * A newer app is installed beside the present one and waits until the reader takes it or every page is closed: nothing is
 * exchanged under a form that is being written. No import: old browsers know no modules in a worker.
 */

/** The paths of the app's files, each with the SHA-256 of its bytes, put in by the build. */
declare const __SHELL__: [path: string, sha256: string][]

const worker = self as unknown as ServiceWorkerGlobalScope
const FILES = __SHELL__
const NAME = `app ${FILES.map(([, sha256]) => sha256.slice(0, 8)).join(' ')}`

/** What the page says to a worker that waits. */
const TAKE_OVER = 'take over'

/**
 * Fetches a file past the browser's own cache. A portal that answers everything with its own page, and a file of another
 * build, fail here and not at the next start without a network.
 */
async function keep(cache: Cache, path: string, sha256: string): Promise<void> {
  const answer = await fetch(new Request(path, { cache: 'reload', credentials: 'same-origin' }))
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  const digest = await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer())
  const found = Array.from(new Uint8Array(digest), byte => (byte + 0x100).toString(16).slice(1)).join('')
  if (found !== sha256) throw new Error(`${path}: not the file of this build`)
  await cache.put(path, answer)
}

worker.addEventListener('install', event => {
  const kept = caches.open(NAME).then(cache => Promise.all(FILES.map(([path, sha256]) => keep(cache, path, sha256))))
  event.waitUntil(kept)
})

worker.addEventListener('message', event => {
  if (event.data === TAKE_OVER) event.waitUntil(worker.skipWaiting())
})

worker.addEventListener('activate', event => {
  const others = (names: string[]) => names.filter(name => name.startsWith('app ') && name !== NAME)
  const old = caches.keys().then(names => Promise.all(others(names).map(name => caches.delete(name))))
  event.waitUntil(old.then(() => worker.clients.claim()))
})

worker.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return
  const path = event.request.mode === 'navigate' && url.pathname === '/' ? '/' : url.pathname
  if (!FILES.some(([name]) => name === path)) return
  const kept = caches.open(NAME).then(cache => cache.match(path))
  event.respondWith(kept.then(file => file ?? fetch(event.request)))
})
