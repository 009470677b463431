import { useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { Button } from '../../app/parts/button'
import { Notice } from '../../app/parts/notice'
import { type Conclusion, decision, forMany, undecided, type Written } from '../../desk/decision'
import type { Line } from '../../desk/types'
import { useConsole, useNames } from '../context'
import { useOffice } from '../office'

/** Like findings decided together: each laid open and held against what the list showed, then decided with one reason. */
export function BulkPanel(props: { lines: Line[]; onDone: (ids: string[]) => void; onClose: () => void }) {
  const { words, announce } = useApp()
  const { desk, t } = useConsole()
  const names = useNames()
  const office = useOffice()
  const [conclusion, setConclusion] = useState<Conclusion>('dismiss')
  const [reason, setReason] = useState('')
  const [looked, setLooked] = useState<number | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const [wrong, setWrong] = useState(false)
  const { lines } = props
  const send = async () => {
    setWrong(reason.trim() === '')
    if (reason.trim() === '' || office === null) return
    setSaid(null)
    const ready: { id: string; written: Written }[] = []
    try {
      for (const [nth, line] of lines.entries()) {
        setLooked(nth + 1)
        const opened = await desk.open(line.id)
        // The reason was written for what the list showed.
        if (opened.finding.basis !== line.basis) continue
        const written = decision(office(), opened, { ...undecided(conclusion), reason })
        if (!('code' in written)) ready.push({ id: line.id, written })
      }
      const fates = await desk.decide(ready.map(one => one.written))
      const done = ready.filter((_, at) => fates[at]?.kind !== 'refused').map(one => one.id)
      const text = t.manyDone(done.length, lines.length - done.length)
      announce(text)
      setSaid(text)
      props.onDone(done)
      if (done.length === lines.length) props.onClose()
    } catch (error) {
      setSaid(troubleText(error, words))
    }
    setLooked(null)
  }
  return (
    <div class="case">
      <header class="case-head">
        <h2>{t.decideManyTitle(lines.length, names.rule(lines[0]?.rule ?? ''))}</h2>
        <button type="button" class="quiet" onClick={props.onClose}>
          {t.close}
        </button>
      </header>
      <p>{t.decideManyAbout}</p>
      <ul class="bulk-list">
        {lines.map(line => (
          <li key={line.id}>
            {names.unit(line.unit)} · {names.kind(line.kind)} {names.short(line.record ?? line.id)} ·{' '}
            {t.days(line.days)}
          </li>
        ))}
      </ul>
      <fieldset class="conclusions">
        <legend>{t.conclusion}</legend>
        {forMany().map(one => (
          <label key={one}>
            <input
              type="radio"
              name="bulk-conclusion"
              checked={one === conclusion}
              onChange={() => setConclusion(one)}
            />
            <span>
              <strong>{t.conclusions[one]}</strong> <span class="soft">{t.conclusionAbout[one]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label class="reason" for="bulk-reason">
        <span>{t.reasonLabel}</span>
        <textarea
          id="bulk-reason"
          maxLength={1000}
          value={reason}
          aria-invalid={wrong ? 'true' : undefined}
          onInput={event => setReason(event.currentTarget.value)}
        />
      </label>
      {wrong && <Notice tone="red">{t.missing.reason_required}</Notice>}
      {looked !== null && <p role="status">{t.manyProgress(looked, lines.length)}</p>}
      {said !== null && <Notice tone="blue">{said}</Notice>}
      <Button kind="main" onPress={send}>
        {t.submit}
      </Button>
    </div>
  )
}
