import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { Notice } from '../../app/parts/notice'
import { go } from '../../app/route'
import { alike } from '../../desk/decision'
import { begun, continued, differs, type Lines, NONE, without } from '../../desk/lines'
import { EVERYTHING, type Filter, type Line } from '../../desk/types'
import { useConsole, useMoves, useServer } from '../context'
import { useKeys } from '../keys'
import { BulkPanel } from '../parts/bulk'
import { Filters } from '../parts/filters'
import { FindingList } from '../parts/list'
import { CaseScreen } from './case'

/** As many can be decided together. */
const MOST_TOGETHER = 50

/** The findings: the list with its filters, and beside it the one that is open. */
export function InboxScreen({ finding }: { finding: string | null }) {
  const { words } = useApp()
  const { desk, t, keys } = useConsole()
  const [filter, setFilter] = useState<Filter>(EVERYTHING)
  const [list, setList] = useState<Lines>(NONE)
  const [loading, setLoading] = useState(true)
  const [news, setNews] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [chosen, setChosen] = useState<ReadonlyMap<string, Line>>(new Map())
  const [together, setTogether] = useState(false)
  const asked = useRef(0)
  const paged = useRef(false)
  const facets = useServer(() => desk.counts(filter), [desk, filter.state, filter.severity, filter.kind, filter.mine])

  const reload = useCallback(async () => {
    const mine = ++asked.current
    setLoading(true)
    try {
      const page = await desk.findings(filter)
      if (mine !== asked.current) return
      paged.current = false
      setList(begun(page))
      setNews(false)
      setError(null)
    } catch (trouble) {
      if (mine === asked.current) setError(trouble)
    }
    if (mine === asked.current) setLoading(false)
  }, [desk, filter])
  useEffect(() => void reload(), [reload])

  const more = async () => {
    if (list.next === null || loading) return
    const mine = ++asked.current
    setLoading(true)
    try {
      const page = await desk.findings(filter, list.next)
      if (mine !== asked.current) return
      paged.current = true
      setList(before => continued(before, page))
    } catch (trouble) {
      if (mine === asked.current) setError(trouble)
    }
    if (mine === asked.current) setLoading(false)
  }
  /** Something moved: a list of one page follows by itself, a longer one says so, for it would jump under the reader. */
  const look = async () => {
    const mine = asked.current
    // Without an answer the list stands as it is; the next hint looks again.
    const page = await desk.findings(filter).catch(() => null)
    if (page === null || mine !== asked.current || !differs(list, page)) return
    void facets.again()
    if (paged.current) setNews(true)
    else setList(begun(page))
  }
  useMoves(() => void look(), null)

  const choose = (line: Line, inside: boolean) => {
    const next = new Map(chosen)
    if (inside) next.set(line.id, line)
    else next.delete(line.id)
    setChosen(next)
  }
  const at = list.lines.findIndex(one => one.id === finding)
  const step = (by: number) => {
    const to = list.lines[at < 0 ? 0 : at + by]
    if (to === undefined) return false
    go('inbox', to.id)
  }
  const toggle = () => {
    const line = list.lines[at]
    if (line === undefined || line.closed_ms != null) return false
    choose(line, !chosen.has(line.id))
  }
  const down = () => step(1)
  const up = () => step(-1)
  useKeys(keys && !together, { j: down, ArrowDown: down, k: up, ArrowUp: up, x: toggle })

  /** Decided ones leave the list at once; the server's own word follows. */
  const decided = (ids: string[]) => {
    const gone = new Set(ids)
    setList(before => (filter.state === 'open' ? without(before, gone) : before))
    setChosen(before => new Map(Array.from(before).filter(([id]) => !gone.has(id))))
    void facets.again()
  }
  const lines = useMemo(() => Array.from(chosen.values()), [chosen])
  const wrong = !alike(lines) ? t.notAlike : lines.length > MOST_TOGETHER ? t.tooMany(MOST_TOGETHER) : null
  const next = list.lines[at + 1] ?? list.lines[at - 1]
  return (
    <div class={finding === null ? 'inbox' : 'inbox with-case'}>
      <section class="side" aria-label={t.listName}>
        <Filters filter={filter} counts={facets.value ?? list.counts} onFilter={setFilter} />
        <div class="list-head">
          <h1>
            {t.inbox} <small>{list.counts === null ? '' : t.inAll(list.counts.all)}</small>
          </h1>
          {list.counts !== null && list.lines.length < list.counts.all && (
            <span class="soft">{t.loadedOf(list.lines.length, list.counts.all)}</span>
          )}
        </div>
        {news && (
          <button type="button" class="news" onClick={() => void reload()}>
            {t.newsInList}
          </button>
        )}
        {chosen.size > 0 && (
          <div class="chosen" role="status">
            <strong>{t.chosen(chosen.size)}</strong>
            {wrong === null ? (
              <button type="button" class="small-main" onClick={() => setTogether(true)}>
                {t.decideMany}
              </button>
            ) : (
              <span>{wrong}</span>
            )}
            <button type="button" class="quiet" onClick={() => setChosen(new Map())}>
              {t.clearChosen}
            </button>
          </div>
        )}
        {error !== null && <Notice tone="amber">{troubleText(error, words)}</Notice>}
        <FindingList
          list={list}
          loading={loading}
          open={finding}
          chosen={chosen}
          onChoose={choose}
          onEnd={() => void more()}
        />
      </section>
      <section class="case-side" aria-label={t.caseName}>
        {together && wrong === null && lines.length > 0 ? (
          <BulkPanel lines={lines} onDone={decided} onClose={() => setTogether(false)} />
        ) : finding === null ? (
          <p class="pick">{t.pick}</p>
        ) : (
          <CaseScreen
            id={finding}
            key={finding}
            next={next?.id ?? null}
            onDecided={() => decided([finding])}
            onMoved={() => void look()}
          />
        )}
      </section>
    </div>
  )
}
