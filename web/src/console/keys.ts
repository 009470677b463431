import { useEffect, useRef, useState } from 'preact/hooks'

const KEPT = 'console-single-keys'

/** Whether single keys do something: they can be switched off, for who dictates or presses keys by mistake. */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => {
    try {
      return localStorage.getItem(KEPT) !== 'off'
    } catch {
      // A browser that forbids this storage has them on.
      return true
    }
  })
  const set = (to: boolean) => {
    setOn(to)
    try {
      localStorage.setItem(KEPT, to ? 'on' : 'off')
    } catch {
      // It holds until the page is closed.
    }
  }
  return [on, set]
}

/** Whether somebody types there: then single keys are his letters. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return ['checkbox', 'radio', 'button'].indexOf(target.type) < 0
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/** A radio or a list uses the arrow keys itself. */
function usesArrows(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'radio'
}

/** Does what a key stands for. A deed that answers false lets the browser have the key. */
export function useKeys(on: boolean, deeds: Record<string, () => unknown>): void {
  const latest = useRef(deeds)
  latest.current = deeds
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return
      const strong = event.ctrlKey || event.metaKey
      const name = strong ? `Ctrl+${event.key}` : event.key.length === 1 ? event.key.toLowerCase() : event.key
      const single = !strong && event.key.length === 1
      if (single && (!on || isTyping(event.target))) return
      if (event.key.startsWith('Arrow') && (isTyping(event.target) || usesArrows(event.target))) return
      const deed = latest.current[name]
      if (deed !== undefined && deed() !== false) event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [on])
}
