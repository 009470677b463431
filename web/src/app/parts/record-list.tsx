import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RecordLine } from '../../phone'
import { useApp } from '../context'
import { recall, remember } from '../route'
import { textSize } from '../style/size'
import { RecordRow, rowText } from './record-row'
import { type RowShape, shapeOf } from './row-shape'

/** As many rows are drawn beyond the edge of the window. */
const BEYOND = 6
/** Beside a row's texts: the padding of the screen and the row, and the row's border, px. */
const SIDES = 54

/** Where a row stands. */
interface Placed {
  shape: RowShape
  /** px from the top of the list. */
  top: number
}

/** The width of the list's column, px, followed. */
function useWidth(): number {
  const [width, setWidth] = useState(() => document.documentElement.clientWidth)
  useEffect(() => {
    const follow = () => setWidth(document.documentElement.clientWidth)
    addEventListener('resize', follow)
    return () => removeEventListener('resize', follow)
  }, [])
  return Math.min(width, 720)
}

/** The first of the rows that ends below `y`. */
function rowAt(rows: readonly Placed[], y: number): number {
  let [from, to] = [0, rows.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const row = rows[middle]
    if (row !== undefined && row.top + row.shape.height <= y) from = middle + 1
    else to = middle
  }
  return from
}

/** Records below each other. Only the rows in the window are drawn, so thousands are no more work. */
export function RecordList({ lines, onEnd }: { lines: readonly RecordLine[]; onEnd: () => void }) {
  const app = useApp()
  const list = useRef<HTMLUListElement>(null)
  const width = useWidth()
  const { state, words, lang } = app
  const rows = useMemo(() => {
    const [size, now] = [textSize(), Date.now()]
    let top = 0
    return lines.map((line): Placed => {
      const shape = shapeOf(rowText(line, app, now), size, width - SIDES)
      top += shape.height
      return { shape, top: top - shape.height }
    })
  }, [lines, width, lang, words, state.catalogue, state.units])
  const last = rows[rows.length - 1]
  const whole = last === undefined ? 0 : last.top + last.shape.height
  const [first, setFirst] = useState(0)
  const placed = useRef(rows)
  placed.current = rows
  const end = useRef(onEnd)
  end.current = onEnd

  useLayoutEffect(() => scrollTo(0, recall<number>('scroll') ?? 0), [])
  useEffect(() => {
    let asked = 0
    const look = () => {
      asked = 0
      setFirst(rowAt(placed.current, Math.max(0, -(list.current?.getBoundingClientRect().top ?? 0))))
    }
    const follow = () => {
      if (asked === 0) asked = requestAnimationFrame(look)
    }
    let writing: ReturnType<typeof setTimeout> | undefined
    const note = () => {
      clearTimeout(writing)
      writing = setTimeout(() => remember('scroll', scrollY), 150)
    }
    look()
    addEventListener('scroll', follow, { passive: true })
    addEventListener('scroll', note, { passive: true })
    return () => {
      cancelAnimationFrame(asked)
      clearTimeout(writing)
      removeEventListener('scroll', follow)
      removeEventListener('scroll', note)
    }
  }, [])
  const from = Math.max(0, first - BEYOND)
  const bottom = (rows[first]?.top ?? 0) + innerHeight
  const to = Math.min(rows.length, rowAt(rows, bottom) + 1 + BEYOND)
  useEffect(() => {
    if (to >= lines.length) end.current()
  }, [to, lines.length])
  return (
    <ul class="record-list" ref={list} style={{ height: `${whole}px` }} aria-label={words.recordsTitle}>
      {rows.slice(from, to).map(({ shape, top }, at) => {
        const line = lines[from + at]
        if (line === undefined) return null
        return (
          <li
            key={line.id}
            style={{ top: `${top}px`, height: `${shape.height}px` }}
            aria-posinset={from + at + 1}
            aria-setsize={lines.length}
          >
            <RecordRow line={line} shape={shape} />
          </li>
        )
      })}
    </ul>
  )
}
