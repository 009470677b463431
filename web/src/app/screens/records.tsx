import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { RecordFilter, RecordLine, Standing } from '../../phone'
import { labelIn, useApp, useAsked } from '../context'
import { titleOf } from '../form/model'
import { unitName } from '../form/show'
import { moment } from '../format'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { StandingBadges } from '../parts/standing'
import { href, recall, remember } from '../route'
import { rowHeight } from '../style/size'

/** As many records are read at once. */
const PAGE = 100
/** As many rows are drawn beyond the edge of the window. */
const BEYOND = 6

const SHOWN: Record<string, Standing[] | undefined> = {
  waiting: ['waiting', 'held'],
  attention: ['refused', 'conflict', 'returned'],
  drafts: ['draft'],
}

interface Chosen {
  kind: string
  shown: string
}

/** The records that this phone has, the newest first. Only the rows in the window are drawn, so thousands are no more work. */
export function RecordsScreen() {
  const { phone, state, lang, words } = useApp()
  const [chosen, setChosen] = useState<Chosen>(() => recall<Chosen>('chosen') ?? { kind: '', shown: 'all' })
  const [count, setCount] = useState(() => recall<number>('count') ?? PAGE)
  const filter: RecordFilter = { limit: count }
  if (chosen.shown !== 'everything') filter.mine = true
  if (chosen.kind !== '') filter.kind = chosen.kind
  const standing = SHOWN[chosen.shown]
  if (standing !== undefined) filter.standing = standing
  const page = useAsked(() => phone.records(filter), [chosen.kind, chosen.shown, count])
  const kinds = Object.entries(state.catalogue?.kinds ?? {})

  const choose = (to: Chosen) => {
    setChosen(to)
    setCount(PAGE)
    remember('chosen', to)
    remember('scroll', 0)
  }
  const lines = page.value?.lines ?? []
  const more = page.value?.next != null
  return (
    <Page title={words.recordsTitle}>
      <div class="stack">
        <label class="field">
          <span class="hidden-text">{words.recordState}</span>
          <select
            class="input"
            value={chosen.shown}
            onChange={event => choose({ ...chosen, shown: event.currentTarget.value })}
          >
            <option value="all">{words.filterAll}</option>
            <option value="waiting">{words.filterWaiting}</option>
            <option value="attention">{words.filterAttention}</option>
            <option value="drafts">{words.filterDrafts}</option>
            <option value="everything">{words.filterEverything}</option>
          </select>
        </label>
        <label class="field">
          <span class="hidden-text">{words.kindOfRecord}</span>
          <select
            class="input"
            value={chosen.kind}
            onChange={event => choose({ ...chosen, kind: event.currentTarget.value })}
          >
            <option value="">{words.allKinds}</option>
            {kinds.map(([name, kind]) => (
              <option value={name} key={name}>
                {labelIn(lang, kind.name, name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {page.value !== undefined && lines.length === 0 && <Notice tone="plain">{words.noRecords}</Notice>}
      {page.error !== null && <Notice tone="red">{words.wentWrong}</Notice>}
      {lines.length > 0 && (
        <Rows
          lines={lines}
          onEnd={() => {
            if (!more) return
            setCount(lines.length + PAGE)
            remember('count', lines.length + PAGE)
          }}
        />
      )}
    </Page>
  )
}

function Rows({ lines, onEnd }: { lines: readonly RecordLine[]; onEnd: () => void }) {
  const { words } = useApp()
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  const height = rowHeight()
  const screen = Math.ceil(innerHeight / height)
  const end = useRef(onEnd)
  end.current = onEnd

  useLayoutEffect(() => scrollTo(0, recall<number>('scroll') ?? 0), [])
  useEffect(() => {
    let asked = 0
    const look = () => {
      asked = 0
      const above = list.current?.getBoundingClientRect().top ?? 0
      setTop(Math.max(0, Math.floor(-above / height)))
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
  }, [height])
  const from = Math.max(0, top - BEYOND)
  const to = Math.min(lines.length, top + screen + BEYOND)
  useEffect(() => {
    if (to >= lines.length) end.current()
  }, [to, lines.length])
  return (
    <ul class="record-list" ref={list} style={{ height: `${lines.length * height}px` }} aria-label={words.recordsTitle}>
      {lines.slice(from, to).map((line, at) => (
        <li
          key={line.id}
          style={{ top: `${(from + at) * height}px`, height: `${height}px` }}
          aria-posinset={from + at + 1}
          aria-setsize={lines.length}
        >
          <RecordRow line={line} />
        </li>
      ))}
    </ul>
  )
}

/** A record in a list: what it is, when and where, and how it stands. */
export function RecordRow({ line }: { line: RecordLine }) {
  const { state, lang, words } = useApp()
  const title = titleOf(state.catalogue, line.kind, line.fields, of =>
    labelIn(lang, 'label' in of ? of.label : of.name),
  )
  const to = line.standing === 'draft' ? href('form', line.id) : href('record', line.id)
  return (
    <a class="record-row" href={to}>
      <span class="title">{title}</span>
      <span class="under">
        {moment(words, line.madeMs, Date.now())} · {unitName(line.unit, state)}
      </span>
      <StandingBadges standing={line.standing} photos={line.photos} />
    </a>
  )
}
