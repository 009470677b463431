/**
 * What went wrong and how it is told: in words, with a stable code that can be read out to somebody. What an unforeseen error itself
 * says is never shown, for it may quote what was typed; its sort and its place in the app's own script are enough to find it by.
 */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { PhoneError } from '../phone'
import type { Words } from './words'

/** The names that browsers give their errors; any other might be made of data. */
const SORT = /^[A-Z][A-Za-z]{2,40}Error$/
/** A line of a stack within the app's own script, as Chromium and others write it. */
const PLACE = /^\s*(?:at |\S*@).*\/assets\/[\w.-]+\.js:(\d+:\d+)\)?$/m

/** A stable code; of what nobody foresaw, its sort and its place, too. */
export function codeOf(error: unknown): string {
  if (error instanceof PhoneError) return error.code
  const { name = '', stack = '' } = error instanceof Error || error instanceof DOMException ? error : {}
  const sort = SORT.test(name) ? ` ${name}` : ''
  const place = PLACE.exec(stack)?.[1]
  return `fault${sort}${place === undefined ? '' : ` ${place}`}`
}

/** What it is and what to do. */
export function textOf(error: unknown, words: Words): string {
  return error instanceof PhoneError ? error.text : words.wentWrong
}

/** The same in one sentence, with its code where nobody foresaw it. */
export function troubleText(error: unknown, words: Words): string {
  return error instanceof PhoneError ? error.text : `${words.wentWrong} ${words.codeIs(codeOf(error))}`
}

/** An error that the phone has words for, to be said where it happened. Any other goes on to where all are told. */
export function foreseen(error: unknown): PhoneError {
  if (error instanceof PhoneError) return error
  throw error
}

/** What is told to the person now. */
export interface Faults {
  /** null: nothing. */
  fault: { error: unknown } | null
  /** Tells of an error. One that nobody's press brought about is told once, so that it does not come again whenever it is put away. */
  report(error: unknown, pressed?: boolean): void
  /** Puts it away. */
  clear(): void
}

/** Follows what goes wrong, that which nobody caught included. */
export function useFaults(): Faults {
  const [fault, setFault] = useState<Faults['fault']>(null)
  const told = useRef(new Set<string>())
  const report = useCallback((error: unknown, pressed = false) => {
    const code = codeOf(error)
    if (!pressed && told.current.has(code)) return
    told.current.add(code)
    // For whoever mends it; nothing leaves the phone.
    if (!(error instanceof PhoneError)) console.error(error)
    setFault({ error })
  }, [])
  const clear = useCallback(() => setFault(null), [])
  useEffect(() => {
    const rejected = (event: PromiseRejectionEvent) => report(event.reason)
    // What a foreign script did wrong comes without its error, and is none of this app's.
    const failed = (event: ErrorEvent) => event.error != null && report(event.error)
    addEventListener('unhandledrejection', rejected)
    addEventListener('error', failed)
    return () => {
      removeEventListener('unhandledrejection', rejected)
      removeEventListener('error', failed)
    }
  }, [report])
  return { fault, report, clear }
}
