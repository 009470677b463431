import type { HistoryLine, Json } from '../../phone'
import { labelIn, useApp, useAsked } from '../context'
import { textOf } from '../fault'
import { memberName, valueText } from '../form/show'
import { moment } from '../format'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'

/** What a decision says, where the operation is one. */
type Decided = { decides?: { conclusion?: string } | null }

/** What happened to a record, the newest first, decisions with their reasons. */
export function HistoryScreen({ record }: { record: string }) {
  const { phone, words } = useApp()
  const lines = useAsked(() => phone.history(record), [record], true)
  const view = useAsked(() => phone.view(record), [record])
  return (
    <Page title={words.history}>
      {lines.error !== null && <Notice tone="amber">{textOf(lines.error, words)}</Notice>}
      {lines.value === undefined && lines.error === null && <p role="status">{words.loading}</p>}
      <ol class="stack">
        {(lines.value ?? [])
          .slice()
          .reverse()
          .map(line => (
            <li key={`${line.device} ${line.seq}`}>
              <Step line={line} kind={view.value?.kind ?? null} />
            </li>
          ))}
      </ol>
    </Page>
  )
}

function Step({ line, kind: name }: { line: HistoryLine; kind: string | null }) {
  const { phone, state, lang, words } = useApp()
  const kind = name === null ? undefined : state.catalogue?.kinds[name]
  const says = line.says
  const act = says?.act
  const conclusion = (says as Decided | null | undefined)?.decides?.conclusion
  const set = Object.entries((says?.set ?? {}) as Record<string, Json>)
  return (
    <div class="card">
      <p class="soft">
        {memberName(line.by, state, words)} · {moment(words, line.arrival, Date.now())}
      </p>
      {typeof act === 'string' && (
        <p>
          <strong>{labelIn(lang, kind?.workflow.transitions[act]?.label, act)}</strong>
        </p>
      )}
      {typeof conclusion === 'string' && (
        <Notice tone="green">{words.decided(words.conclusion[conclusion] ?? conclusion)}</Notice>
      )}
      {typeof says?.reason === 'string' && <p>{words.reasonIs(says.reason)}</p>}
      {set.length > 0 && (
        <dl class="facts">
          {set.map(([field, value]) => {
            const of = kind?.fields[field]
            return (
              <div key={field}>
                <dt>{labelIn(lang, of?.label, field)}</dt>
                <dd>{of === undefined ? String(value) : valueText(value, of, state, lang, words)}</dd>
              </div>
            )
          })}
        </dl>
      )}
      {line.code != null && <Notice tone="red">{phone.words(line.code)}</Notice>}
    </div>
  )
}
