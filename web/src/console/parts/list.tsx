import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { href } from '../../app/route'
import { drawn, type Lines } from '../../desk/lines'
import type { Line } from '../../desk/types'
import { useConsole, useNames } from '../context'

/** The height of a row, px: every row's, so that 20,000 are no more work than 20. */
const ROW = 76

/** The findings. Only the rows in the window are drawn; towards the end more are asked for. */
export function FindingList(props: {
  list: Lines
  loading: boolean
  open: string | null
  chosen: ReadonlyMap<string, Line>
  onChoose: (line: Line, inside: boolean) => void
  onEnd: () => void
}) {
  const { t } = useConsole()
  const { list, open } = props
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 800 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    let asked = 0
    const look = () => {
      asked = 0
      setView({ top: element.scrollTop, height: element.clientHeight })
    }
    const soon = () => {
      if (asked === 0) asked = requestAnimationFrame(look)
    }
    look()
    element.addEventListener('scroll', soon, { passive: true })
    const sizes = new ResizeObserver(soon)
    sizes.observe(element)
    return () => {
      cancelAnimationFrame(asked)
      element.removeEventListener('scroll', soon)
      sizes.disconnect()
    }
  }, [])
  const { from, to } = drawn(list.lines.length, ROW, view.top, view.height)
  const end = useRef(props.onEnd)
  end.current = props.onEnd
  useEffect(() => {
    if (to >= list.lines.length && list.next !== null) end.current()
  }, [to, list.lines.length, list.next])
  // The one that is open stays in view when the keyboard leads to it.
  const at = list.lines.findIndex(one => one.id === open)
  useEffect(() => {
    const element = box.current
    if (element === null || at < 0) return
    const top = at * ROW
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW - element.clientHeight
    }
  }, [at])
  return (
    <div class="finding-box" ref={box}>
      {list.lines.length === 0 && <p class="pick">{props.loading ? t.loading : t.noFindings}</p>}
      <ul
        class="finding-list"
        style={{ height: `${list.lines.length * ROW}px` }}
        aria-label={t.listName}
        aria-busy={props.loading}
      >
        {list.lines.slice(from, to).map((line, nth) => (
          <li
            key={line.id}
            style={{ top: `${(from + nth) * ROW}px`, height: `${ROW}px` }}
            aria-posinset={from + nth + 1}
            aria-setsize={list.counts?.all ?? list.lines.length}
            class={line.id === open ? 'is-open' : undefined}
          >
            <Row line={line} open={line.id === open} chosen={props.chosen.has(line.id)} onChoose={props.onChoose} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Row(props: { line: Line; open: boolean; chosen: boolean; onChoose: (line: Line, inside: boolean) => void }) {
  const { t } = useConsole()
  const names = useNames()
  const { line } = props
  const rule = names.rule(line.rule)
  const about = line.record == null ? t.noRecord : `${names.kind(line.kind)} ${names.short(line.record)}`
  return (
    <>
      {line.closed_ms == null && (
        <label class="pick-box">
          <input
            type="checkbox"
            checked={props.chosen}
            aria-label={t.choose(`${rule} ${about}`)}
            onChange={event => props.onChoose(line, event.currentTarget.checked)}
          />
        </label>
      )}
      <a class="finding-row" href={href('inbox', line.id)} aria-current={props.open ? 'true' : undefined}>
        <span class="line-head">
          <span class={`severity ${line.severity}`}>{t.severities[line.severity]}</span>
          <strong>{rule}</strong>
          <span class="aside">{t.days(line.days)}</span>
        </span>
        <span class="line-head">
          <span class="about">
            {[names.unit(line.unit), line.record == null ? t.noRecord : names.kind(line.kind)]
              .filter(one => one !== '')
              .join(' · ')}
          </span>
          {line.record != null && <span class="aside">{names.short(line.record)}</span>}
        </span>
        <span class="marks">
          {line.blocks_posting && line.closed_ms == null && <em>{t.blocks}</em>}
          {line.hidden && <em>{t.hidden}</em>}
          {line.closed_why != null && <em>{t.whyClosed[line.closed_why] ?? line.closed_why}</em>}
        </span>
      </a>
    </>
  )
}
