import { useApp } from '../../app/context'
import type { Opened } from '../../desk/types'
import { STATE_FIELD } from '../../protocol/catalogue'
import { useConsole, useNames } from '../context'
import { Photos } from './photos'
import { useTimes, useValues } from './value'

/** The records that take part, beside each other: what each says, and its photos. Where two say otherwise, it is marked. */
export function Sheets({ opened }: { opened: Opened }) {
  const { t } = useConsole()
  const { records } = opened
  if (records.length === 0) return null
  const kinds = Array.from(new Set(records.map(one => one.record.kind)))
  return (
    <section class="block" aria-label={t.record}>
      {kinds.map(kind => (
        <Table key={kind} kind={kind} opened={opened} />
      ))}
      {opened.further.length > 0 && <p class="soft">{t.further(opened.further.length)}</p>}
      <Photos records={records} />
    </section>
  )
}

function Table({ kind, opened }: { kind: string; opened: Opened }) {
  const { state } = useApp()
  const { t } = useConsole()
  const names = useNames()
  const times = useTimes()
  const values = useValues(kind)
  const sheets = opened.records.filter(one => one.record.kind === kind)
  const form = [STATE_FIELD, ...(values.kind?.form ?? [])]
  const blob = (name: string) => values.field(name)?.type === 'blob'
  const shown = form.filter(name => !blob(name) && sheets.some(one => one.record.fields[name] !== undefined))
  const made = (id: string) => {
    const first = sheets.find(one => one.record.id === id)?.history.find(one => one.fate === 'accepted')
    return first === undefined ? '' : times.at(first.written ?? first.arrival)
  }
  return (
    <div class="scroll-x">
      <table class="beside facts-table">
        <caption>{names.kind(kind)}</caption>
        <thead>
          <tr>
            <td />
            {sheets.map(({ record }) => (
              <th scope="col" key={record.id}>
                {t.recordOf(names.short(record.id))}
                <span class="soft">
                  {names.unit(record.unit)} ·{' '}
                  {record.creator === state.member?.id ? state.member.name : names.member(record.creator)} ·{' '}
                  {made(record.id)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(name => {
            const texts = sheets.map(({ record }) => values.view(name, record.fields[name]))
            const isOther = texts.length > 1 && new Set(texts).size > 1
            return (
              <tr key={name} class={isOther ? 'differs' : undefined}>
                <th scope="row">
                  {values.label(name)}
                  {isOther && <span class="hidden-text"> ({t.differs})</span>}
                </th>
                {texts.map((text, nth) => (
                  <td key={sheets[nth]?.record.id}>{text}</td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
