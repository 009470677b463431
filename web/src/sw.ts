/**
 * The app without a network: everything that it consists of is kept at installation, and served from there.
 *
 * No import: old browsers know no modules in a worker.
 */

/** The paths of the app's files, put in by the build. */
declare const __SHELL__: string[]

const worker = self as unknown as ServiceWorkerGlobalScope
const FILES = __SHELL__
const NAME = `app ${FILES.join(' ')}`

worker.addEventListener('install', event => {
  // Past the browser's own cache, so that the files are of one build.
  const requests = FILES.map(path => new Request(path, { cache: 'reload' }))
  event.waitUntil(caches.open(NAME).then(cache => cache.addAll(requests)))
})

worker.addEventListener('activate', event => {
  const old = caches
    .keys()
    .then(names => Promise.all(names.filter(name => name !== NAME).map(name => caches.delete(name))))
  event.waitUntil(old.then(() => worker.clients.claim()))
})

worker.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return
  const path = event.request.mode === 'navigate' ? '/' : url.pathname
  if (FILES.indexOf(path) < 0) return
  event.respondWith(caches.match(path).then(kept => kept ?? fetch(event.request)))
})
