/** The list of findings as far as it is loaded, as pure steps. */

import type { Counts, Line, Page } from './types'

/** The list. */
export interface Lines {
  lines: Line[]
  /** Where the next page begins; null: all are here. */
  next: string | null
  counts: Counts | null
}

export const NONE: Lines = { lines: [], next: null, counts: null }

/** The list that begins with a first page. */
export function begun(page: Page): Lines {
  return { lines: page.findings, next: page.next ?? null, counts: page.counts ?? null }
}

/** The list with a further page. What closed and came again meanwhile stands once. */
export function continued(list: Lines, page: Page): Lines {
  const known = new Set(list.lines.map(one => one.id))
  return {
    ...list,
    lines: list.lines.concat(page.findings.filter(one => !known.has(one.id))),
    next: page.next ?? null,
  }
}

/** The list without some of its findings. */
export function without(list: Lines, ids: ReadonlySet<string>): Lines {
  const lines = list.lines.filter(one => !ids.has(one.id))
  const gone = list.lines.length - lines.length
  const counts = list.counts === null ? null : { ...list.counts, all: Math.max(0, list.counts.all - gone) }
  return { ...list, lines, counts }
}

/** Whether a first page, asked for again, says something else than the list. */
export function differs(list: Lines, page: Page): boolean {
  if (list.counts?.all !== page.counts?.all) return true
  return page.findings.some((one, at) => {
    const old = list.lines[at]
    return old === undefined || old.id !== one.id || old.basis !== one.basis
  })
}

/** The rows of a list that are drawn: those in the window and some beyond its edges. */
export function drawn(count: number, row: number, scrolled: number, height: number): { from: number; to: number } {
  const beyond = 8
  const first = Math.floor(scrolled / row)
  const shown = Math.ceil(height / row)
  return { from: Math.max(0, first - beyond), to: Math.min(count, first + shown + beyond) }
}
