import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { Labels, Lang, Observable, Phone, PhoneState } from '../phone'
import { PhoneError } from '../phone'
import type { Faults } from './fault'
import type { Words } from './words'
import { traditional } from './words/traditional'

/** What every screen reads: the phone, how it stands, and the words of the reader's language. */
export interface App {
  phone: Phone
  state: PhoneState
  words: Words
  lang: Lang
  /** Says something to everybody, screen readers included, without taking the focus. */
  announce(text: string): void
  /** Tells that something went wrong, and puts away what was told. */
  report: Faults['report']
  clear: Faults['clear']
}

export const AppContext = createContext<App | null>(null)

/** The app around a screen. */
export function useApp(): App {
  const app = useContext(AppContext)
  if (app === null) throw new Error('a screen stands outside the app')
  return app
}

/** The value of an observable, followed. */
export function useObservable<T>(observable: Observable<T>): T {
  const [value, setValue] = useState(() => observable.get())
  useEffect(() => {
    setValue(observable.get())
    return observable.subscribe(setValue)
  }, [observable])
  return value
}

/** What a question to the phone came to. */
export interface Asked<T> {
  value: T | undefined
  error: unknown
  again(): void
}

/**
 * Asks the phone, and again whenever its records change or one of `on` does; the last answer stands meanwhile. That there is none
 * is told; `own`: the screen says itself what the phone has words for.
 */
export function useAsked<T>(question: (phone: Phone) => Promise<T>, on: readonly unknown[], own = false): Asked<T> {
  const { phone, report } = useApp()
  const [answer, setAnswer] = useState<{ value: T | undefined; error: unknown }>({ value: undefined, error: null })
  const latest = useRef(0)
  const ask = useCallback(() => {
    const mine = ++latest.current
    question(phone).then(
      value => mine === latest.current && setAnswer({ value, error: null }),
      error => {
        // Of a phone that was just signed out nothing can be asked; its screens are about to go.
        if (mine !== latest.current || phone.state().get().stage === 'empty') return
        setAnswer(before => ({ value: before.value, error }))
        if (!own || !(error instanceof PhoneError)) report(error)
      },
    )
    // The question is a new function at each drawing; what it depends on is in `on`.
  }, [phone, ...on])
  useEffect(() => {
    ask()
    const stop = phone.on(event => {
      if (event.kind === 'records' || event.kind === 'outcome' || event.kind === 'ended') ask()
    })
    return () => {
      stop()
      latest.current++
    }
  }, [phone, ask])
  return { ...answer, again: ask }
}

/** A text of the catalogue in the reader's language. */
export function labelIn(lang: Lang, labels: Labels | undefined, otherwise = ''): string {
  if (labels === undefined) return otherwise
  if (lang === 'en') return labels.en
  return lang === 'zh-Hant' ? (labels['zh-Hant'] ?? traditional(labels['zh-Hans'])) : labels['zh-Hans']
}
