import { useEffect, useState } from 'preact/hooks'
import { useApp } from './context'
import { Button } from './parts/button'
import { Notice } from './parts/notice'

/** How often a page that stays open asks whether there is a newer app, ms. */
const ASK_EVERY = 3_600_000

/** Registers the service worker and tells when a newer app is installed and waits. Nothing is taken over unasked. */
export function useUpdate(): (() => void) | null {
  const [waiting, setWaiting] = useState<ServiceWorker | null>(null)
  useEffect(() => {
    const workers = navigator.serviceWorker
    if (workers === undefined) return
    let timer: ReturnType<typeof setInterval> | undefined
    const begin = async () => {
      const registration = await workers.register('/sw.js', { scope: '/', updateViaCache: 'none' })
      const look = () => setWaiting(registration.waiting !== null && workers.controller ? registration.waiting : null)
      look()
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', look)
      })
      // Without a network there is nothing newer: the next hour asks again.
      timer = setInterval(() => registration.update().catch(() => undefined), ASK_EVERY)
    }
    // A browser that has no place for it goes on with a network only.
    begin().catch(() => undefined)
    return () => clearInterval(timer)
  }, [])
  if (waiting === null) return null
  return () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    waiting.postMessage('take over')
  }
}

/** Offers the newer app. What is being written is kept with every change, so taking it loses nothing. */
export function UpdateOffer({ take }: { take: () => void }) {
  const { words } = useApp()
  return (
    <div class="page-wide">
      <Notice tone="blue" live>
        <p>
          <strong>{words.newVersion}</strong>
        </p>
        <p>{words.newVersionAbout}</p>
        <Button kind="main" icon="sync" onPress={take}>
          {words.update}
        </Button>
      </Notice>
    </div>
  )
}
