import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks'
import { labelIn, useApp } from '../app/context'
import { memberName } from '../app/form/show'
import type { Desk } from '../desk/desk'
import type { Rule } from '../desk/types'
import type { ConsoleWords } from './words'

/** What every screen of the console reads beside what the app's screens do. */
export interface Console {
  desk: Desk
  t: ConsoleWords
  /** The rules' wording, by code; empty until it has come. */
  rules: Record<string, Rule>
  /** Calls the listener when a unit moved (null: any may have), until the returned function is called. */
  onMove(listener: (unit: string | null) => void): () => void
  /** Single keys do something. */
  keys: boolean
}

export const ConsoleContext = createContext<Console | null>(null)

/** The console around a screen. */
export function useConsole(): Console {
  const found = useContext(ConsoleContext)
  if (found === null) throw new Error('a screen stands outside the console')
  return found
}

/** The first look after a hint, so that several go together, and the second, for what is derived behind a push, ms. */
const LOOKS_MS = [300, 3000]

/** Does `look` soon after something moved, in one of `units` where these are given; and once more a little later. */
export function useMoves(look: () => void, units: readonly string[] | null): void {
  const { onMove } = useConsole()
  const latest = useRef(look)
  latest.current = look
  const watched = units === null ? null : units.join()
  useEffect(() => {
    let timers: ReturnType<typeof setTimeout>[] = []
    const stop = onMove(unit => {
      if (unit !== null && watched !== null && watched.split(',').indexOf(unit) < 0) return
      for (const timer of timers) clearTimeout(timer)
      timers = LOOKS_MS.map(ms => setTimeout(() => latest.current(), ms))
    })
    return () => {
      stop()
      for (const timer of timers) clearTimeout(timer)
    }
  }, [onMove, watched])
}

/** Something that is asked of the server; the last answer stands while it is asked again. */
export function useServer<T>(question: () => Promise<T>, on: readonly unknown[]) {
  const [answer, setAnswer] = useState<{ value: T | undefined; error: unknown }>({ value: undefined, error: null })
  const latest = useRef(0)
  const ask = useCallback(() => {
    const mine = ++latest.current
    return question().then(
      value => {
        if (mine === latest.current) setAnswer({ value, error: null })
      },
      error => {
        if (mine === latest.current) setAnswer(before => ({ value: before.value, error }))
      },
    )
    // The question is a new function at each drawing; what it depends on is in `on`.
  }, on)
  useEffect(() => {
    void ask()
    return () => {
      latest.current++
    }
  }, [ask])
  return { ...answer, again: ask }
}

/** Names for people: members, rules, devices, records. */
export function useNames() {
  const { state, lang, words } = useApp()
  const { rules } = useConsole()
  return {
    member: (id: string | null | undefined) => memberName(id, state, words),
    rule: (code: string) => labelIn(lang, rules[code]?.name, code),
    ruleAbout: (code: string) => labelIn(lang, rules[code]?.about),
    kind: (code: string | null | undefined) =>
      code == null ? '' : labelIn(lang, state.catalogue?.kinds[code]?.name, code),
    unit: (code: string | null | undefined) =>
      code == null ? '' : (state.units.find(one => one.code === code)?.name ?? code),
    /** The end of an id: its beginning is a time, and alike for what was made together. */
    short: (id: string) => id.slice(-8),
  }
}
