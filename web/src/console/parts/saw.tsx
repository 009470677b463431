import type { Opened } from '../../desk/types'
import type { Json } from '../../phone'
import { useConsole } from '../context'

/** What the rule saw, and the limits that it held it against. */
export function Saw({ saw }: { saw: NonNullable<Opened['saw']> }) {
  const { t } = useConsole()
  const simple = (part: Record<string, Json>) =>
    Object.entries(part).filter(([, value]) => value !== null && typeof value !== 'object')
  const list = (title: string, part: Record<string, Json>) => {
    const shown = simple(part)
    if (shown.length === 0) return null
    return (
      <div>
        <h4>{title}</h4>
        <dl class="figures">
          {shown.map(([name, value]) => (
            <div key={name}>
              <dt>{t.figures[name] ?? name}</dt>
              <dd>{typeof value === 'number' ? Math.round(value * 10) / 10 : String(value)}</dd>
            </div>
          ))}
        </dl>
      </div>
    )
  }
  const [figures, limits] = [list(t.saw, saw.figures), list(t.limits, saw.limits)]
  if (figures === null && limits === null) return null
  return (
    <section class="block saw">
      {figures}
      {limits}
    </section>
  )
}
