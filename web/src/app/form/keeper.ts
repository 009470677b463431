import { useEffect, useRef, useState } from 'preact/hooks'
import type { Attached, Entry, Form, Phone } from '../../phone'

/** What is being written in a form. */
export interface Written {
  entry: Entry
  attached: Attached[]
}

/** How keeping goes: nothing to keep yet, being written, or what is shown is safe. */
export type Kept = 'untouched' | 'writing' | 'kept'

/** Keeps what is written in a form, one write after another, the latest last; every change is on its way at once. */
export function useKeeper(
  phone: Phone,
  form: Form,
  appointment: string,
  start: Written,
  report: (error: unknown, pressed: boolean) => void,
  onFirst: () => void,
) {
  const [written, setWritten] = useState(start)
  const [kept, setKept] = useState<Kept>('untouched')
  const latest = useRef(start)
  const wanted = useRef<Written | null>(null)
  const busy = useRef<Promise<void> | null>(null)
  const first = useRef(onFirst)
  const closed = useRef(false)
  const alive = useRef(true)
  useEffect(
    () => () => {
      alive.current = false
    },
    [],
  )

  const write = async () => {
    while (wanted.current !== null && !closed.current) {
      const now = wanted.current
      wanted.current = null
      try {
        await phone.keepDraft(form, now.entry, { appointment, attached: now.attached })
        first.current()
        if (alive.current && wanted.current === null) setKept('kept')
      } catch (error) {
        // It is told over whatever is on the screen, be it the camera or another screen; what was written stays in the form, and the
        // next change tries again.
        report(error, true)
        if (alive.current) setKept('untouched')
        break
      }
    }
    busy.current = null
  }
  const change = (to: (before: Written) => Written) => {
    latest.current = to(latest.current)
    wanted.current = latest.current
    setWritten(latest.current)
    setKept('writing')
    if (busy.current === null && !closed.current) busy.current = write()
  }
  /** Waits for what is under way and writes no more: the form is being saved or dropped. */
  const close = async () => {
    closed.current = true
    await busy.current
  }
  const reopen = () => {
    closed.current = false
  }
  return { written, kept, change, close, reopen, latest }
}
