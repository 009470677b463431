import { useState } from 'preact/hooks'
import type { RecordFilter, Standing } from '../../phone'
import { labelIn, useApp, useAsked } from '../context'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { RecordList } from '../parts/record-list'
import { recall, remember } from '../route'

/** As many records are read at once. */
const PAGE = 100

const SHOWN: Record<string, Standing[] | undefined> = {
  waiting: ['waiting', 'held'],
  attention: ['refused', 'conflict', 'returned'],
  drafts: ['draft'],
}

interface Chosen {
  kind: string
  shown: string
}

/** The records that this phone has, the newest first. */
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
      {lines.length > 0 && (
        <RecordList
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
