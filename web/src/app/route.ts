import { useEffect, useState } from 'preact/hooks'

/** Where in the app the reader is: the parts of the address after `#/`. */
export type Route = readonly string[]

/** The parts of an address such as `#/record/0197…`. */
export function parse(hash: string): Route {
  return hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter(part => part !== '')
    .map(decodeURIComponent)
}

/** The address of a place in the app. */
export function href(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

/** Goes there, so that the phone's back key leads here again. */
export function go(...parts: string[]): void {
  location.hash = href(...parts)
}

/** Goes there in place of the present entry: back leads to what was before. */
export function replace(...parts: string[]): void {
  location.replace(href(...parts))
}

/** Goes back; where nothing of this app was before, to the first screen. */
export function back(): void {
  if (history.length > 1) history.back()
  else replace()
}

/** The present place, followed. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash))
  useEffect(() => {
    const follow = () => setRoute(parse(location.hash))
    addEventListener('hashchange', follow)
    // Where the reader went between the first drawing and now nobody has told.
    follow()
    return () => removeEventListener('hashchange', follow)
  }, [])
  return route
}

/** What a screen wrote down beside its entry in the history, to find it again when the reader comes back. */
export function recall<T>(name: string): T | undefined {
  const state: unknown = history.state
  return typeof state === 'object' && state !== null ? ((state as Record<string, unknown>)[name] as T) : undefined
}

/** Writes something down beside the present entry in the history. */
export function remember(name: string, value: unknown): void {
  history.replaceState({ ...(history.state as object | null), [name]: value }, '')
}
