import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import type { Counts } from '../../desk/types'

/** A unit in a list of choices. */
interface UnitChoice {
  code: string
  name: string
  depth: number
  count: number
}

/** Units with findings, and those above them, as the grid has them; each with the sum below it. */
export function unitsOf(
  units: readonly { code: string; name: string; parent?: string | null }[],
  counts: Counts | null,
  chosen: string,
): UnitChoice[] {
  const byCode = new Map(units.map(one => [one.code, one]))
  const sums = new Map<string, number>()
  const wanted = Object.entries(counts?.units ?? {})
  if (chosen !== '') wanted.push([chosen, 0])
  for (const [code, count] of wanted) {
    for (let at = byCode.get(code); at !== undefined; at = byCode.get(at.parent ?? '')) {
      sums.set(at.code, (sums.get(at.code) ?? 0) + count)
    }
  }
  const found: UnitChoice[] = []
  const put = (parent: string | null, depth: number) => {
    for (const one of units) {
      const above = one.parent != null && byCode.has(one.parent) ? one.parent : null
      if (above !== parent || !sums.has(one.code)) continue
      found.push({ code: one.code, name: one.name, depth, count: sums.get(one.code) ?? 0 })
      put(one.code, depth + 1)
    }
  }
  put(null, 0)
  return found
}

/** One of a list, under its name. */
export function Select(props: {
  label: string
  value: string
  onValue: (value: string) => void
  children: ComponentChildren
}) {
  const id = useId()
  return (
    <div class="select">
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={event => props.onValue(event.currentTarget.value)}>
        {props.children}
      </select>
    </div>
  )
}
