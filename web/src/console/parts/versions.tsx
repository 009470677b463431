import { useApp } from '../../app/context'
import { pointText } from '../../app/form/show'
import { type Choice, undecided } from '../../desk/decision'
import type { Deed, Opened, Sheet, Version } from '../../desk/types'
import { STATE_FIELD } from '../../protocol/catalogue'
import { canonical } from '../../protocol/overlay'
import { useConsole, useNames } from '../context'
import { useTimes, useValues } from './value'

/** The letters by which values are told apart. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Values that stand beside each other, column by column: who wrote each, when, where, by which clock, having seen what. */
export function Versions(props: {
  opened: Opened
  choice: Choice | null
  /** Takes what is chosen; null: nothing can be. */
  onChoice: ((choice: Choice) => void) | null
}) {
  return (
    <>
      {props.opened.records
        .filter(sheet => sheet.beside.length > 0)
        .map(sheet => (
          <OfRecord key={sheet.record.id} sheet={sheet} choice={props.choice} onChoice={props.onChoice} />
        ))}
    </>
  )
}

function OfRecord(props: { sheet: Sheet; choice: Choice | null; onChoice: ((choice: Choice) => void) | null }) {
  const { t } = useConsole()
  const { sheet } = props
  const { label } = useValues(sheet.record.kind)
  const fields = Array.from(new Set(sheet.beside.map(one => one.field)))
  return (
    <section class="block" aria-label={t.versions}>
      {fields.map(field => (
        <div key={field} class="versions">
          <h3>{t.versionsOf(label(field))}</h3>
          <Columns
            kind={sheet.record.kind}
            field={field}
            versions={sheet.beside.filter(one => one.field === field)}
            history={sheet.history}
            choice={props.choice}
            onChoice={field === STATE_FIELD ? null : props.onChoice}
          />
        </div>
      ))}
    </section>
  )
}

function Columns(props: {
  kind: string
  field: string
  versions: Version[]
  history: Deed[]
  choice: Choice | null
  onChoice: ((choice: Choice) => void) | null
}) {
  const { words } = useApp()
  const { t } = useConsole()
  const names = useNames()
  const times = useTimes()
  const { value, label } = useValues(props.kind)
  const { versions, choice, onChoice, field } = props
  const letter = (nth: number) => t.version(LETTERS[nth] ?? String(nth + 1))
  const chosen = choice?.values[field]
  const rows: [string, (one: Version, nth: number) => string][] = [
    [t.author, one => names.member(one.by)],
    [t.device, one => `${names.short(one.device)} #${one.seq}`],
    [t.written, one => (one.written == null ? t.unknownTime : times.at(one.written))],
    [t.clock, one => times.clock(one.ahead)],
    [t.arrival, one => times.at(one.arrival)],
    [
      t.place,
      one => {
        const points = Object.values(one.place).filter(
          (of): of is { [name: string]: string } => typeof of === 'object' && of !== null && !Array.isArray(of),
        )
        return points.length === 0 ? t.noPlace : points.map(of => pointText(of, words)).join(words.listSep)
      },
    ],
    [
      t.seen,
      (one, nth) => {
        const count = props.history.filter(deed => (one.seen[deed.device] ?? 0) >= deed.seq).length
        const others = versions
          .map((other, at) => ({ other, at }))
          .filter(({ at }) => at !== nth)
          .map(({ other, at }) =>
            (one.seen[other.device] ?? 0) >= other.seq ? t.seenThis(letter(at)) : t.notSeenThis(letter(at)),
          )
        const all = count === 0 ? t.seenNothing : t.seenCount(count)
        return [all, ...others].join(words.listSep)
      },
    ],
    ...(versions.some(one => one.reason != null)
      ? ([[t.reason, one => one.reason ?? '']] as [string, (one: Version) => string][])
      : []),
  ]
  return (
    <div class="scroll-x">
      <table class="beside">
        <caption class="hidden-text">{t.versionsOf(label(field))}</caption>
        <thead>
          <tr>
            <td />
            {versions.map((one, nth) => (
              <th scope="col" key={`${one.device} ${one.seq}`}>
                {letter(nth)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="values">
            <th scope="row">{label(field)}</th>
            {versions.map(one => {
              const isChosen = chosen !== undefined && canonical(chosen) === canonical(one.value)
              return (
                <td key={`${one.device} ${one.seq}`} class={isChosen ? 'is-chosen' : undefined}>
                  <strong>{value(field, one.value)}</strong>
                  {onChoice !== null && (
                    <label class="use-this">
                      <input
                        type="radio"
                        name={`use ${field}`}
                        checked={isChosen}
                        onChange={() => {
                          const before = choice ?? undecided('keep_one')
                          const conclusion = before.conclusion === 'merge_fields' ? 'merge_fields' : 'keep_one'
                          onChoice({ ...before, conclusion, values: { ...before.values, [field]: one.value } })
                        }}
                      />
                      {t.useThis}
                    </label>
                  )}
                </td>
              )
            })}
          </tr>
          {rows.map(([name, text]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {versions.map((one, nth) => (
                <td key={`${one.device} ${one.seq}`}>{text(one, nth)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
