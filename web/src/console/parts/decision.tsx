import { useId, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { Button } from '../../app/parts/button'
import { Notice } from '../../app/parts/notice'
import { type Choice, decision, groundOf, type Offer, undecided } from '../../desk/decision'
import type { Opened } from '../../desk/types'
import { useConsole } from '../context'
import { useKeys } from '../keys'
import { useOffice } from '../office'
import { Editor } from './editor'
import { useValues } from './value'

/** The decision: a conclusion, what it needs, and always a reason. What is entered stays until it was accepted. */
export function DecisionPanel(props: {
  opened: Opened
  offered: Offer[]
  choice: Choice | null
  /** The screen no longer shows the present: nothing is sent. */
  stale: boolean
  onChoice: (choice: Choice) => void
  onDone: (text: string, leaves: boolean) => unknown
  onRefused: () => void
}) {
  const { phone, words } = useApp()
  const { desk, t } = useConsole()
  const office = useOffice()
  const { opened, offered, choice } = props
  const [trouble, setTrouble] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const offer = offered.find(one => one.conclusion === choice?.conclusion)
  const kind = office === null ? '' : (groundOf(office(), opened)?.kind ?? '')
  const { label, step, kind: of } = useValues(kind)
  const written = office === null || choice === null ? null : decision(office(), opened, { ...choice, reason: '·' })
  const forced =
    office === null || choice === null ? null : decision(office(), opened, { ...choice, reason: '·', proposes: false })
  const mustPropose = forced !== null && !('code' in forced) && forced.desk.proposes === true
  const mayPropose = written !== null && !('code' in written) && written.form.shown !== null
  const proposes = written !== null && !('code' in written) && written.desk.proposes === true
  const put = (change: Partial<Choice>) => {
    setWrong(null)
    props.onChoice({ ...(choice ?? undecided(offered[0]?.conclusion ?? 'dismiss')), ...change })
  }
  const send = async () => {
    setTrouble(null)
    if (props.stale || office === null) return
    if (choice === null) {
      setWrong('step_missing')
      return
    }
    const made = decision(office(), opened, choice)
    if ('code' in made) {
      setWrong(made.code)
      document.getElementById(made.place === 'reason' ? 'reason' : 'decision')?.focus()
      return
    }
    try {
      const [fate] = await desk.decide([made])
      if (fate === undefined || fate.kind === 'refused') {
        setTrouble(t.refusedNow(fate?.text ?? ''))
        props.onRefused()
      } else if (fate.kind === 'waiting') await props.onDone(t.done.waiting, true)
      else if (made.desk.proposes === true) await props.onDone(t.proposedNow, false)
      else await props.onDone(t.done[fate.kind], true)
    } catch (error) {
      setTrouble(troubleText(error, words))
    }
  }
  useKeys(true, { 'Ctrl+Enter': () => void send() })
  return (
    <section class="block decision" aria-labelledby="decision">
      <h3 id="decision" tabIndex={-1}>
        {t.decision}
      </h3>
      <fieldset class="conclusions">
        <legend>{t.conclusion}</legend>
        {offered.map((one, nth) => (
          <label key={one.conclusion} class={one === offer ? 'is-chosen' : undefined}>
            <input
              type="radio"
              name="conclusion"
              checked={one === offer}
              onChange={() => put({ conclusion: one.conclusion, act: null, link: null })}
            />
            <span>
              <kbd>{nth + 1}</kbd> <strong>{t.conclusions[one.conclusion]}</strong>{' '}
              <span class="soft">{t.conclusionAbout[one.conclusion]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {choice !== null && offer !== undefined && (
        <>
          {choice.conclusion === 'merge_fields' &&
            offer.fields.map(name => (
              <Editor
                key={name}
                label={t.value(label(name))}
                field={of?.fields[name]}
                offered={opened.records.flatMap(one => one.beside).filter(one => one.field === name)}
                value={choice.values[name]}
                kind={kind}
                name={name}
                onValue={value => put({ values: { ...choice.values, [name]: value } })}
              />
            ))}
          {offer.steps.length > 0 && (
            <Pick
              label={t.step}
              options={offer.steps.map(name => [name, step(name)])}
              chosen={choice.act}
              onPick={act => put({ act })}
            />
          )}
          {offer.links.length > 0 && (
            <Pick
              label={t.linkField}
              options={offer.links.map(name => [name, label(name)])}
              chosen={choice.link}
              onPick={link => put({ link })}
            />
          )}
        </>
      )}
      <label class="reason" for="reason">
        <span>{t.reasonLabel}</span>
        <textarea
          id="reason"
          maxLength={1000}
          value={choice?.reason ?? ''}
          aria-invalid={wrong === 'reason_required' ? 'true' : undefined}
          aria-describedby="reason-hint"
          onInput={event => put({ reason: event.currentTarget.value })}
        />
      </label>
      <p class="soft" id="reason-hint">
        {t.reasonHint}
      </p>
      {mustPropose && <Notice tone="purple">{t.secondNeeded}</Notice>}
      {mayPropose && !mustPropose && (
        <label class="check">
          <input
            type="checkbox"
            checked={choice?.proposes === true}
            onChange={event => put({ proposes: event.currentTarget.checked })}
          />
          {t.secondWish}
        </label>
      )}
      {wrong !== null && (
        <Notice tone="red" live>
          {t.missing[wrong] ?? phone.words(wrong)}
        </Notice>
      )}
      {trouble !== null && (
        <Notice tone="red" live>
          {trouble}
        </Notice>
      )}
      <Button kind="main" icon="check" busy={props.stale} onPress={send}>
        {proposes ? t.submitProposal : t.submit}
      </Button>
    </section>
  )
}

/** One of a few. */
function Pick(props: {
  label: string
  options: [string, string][]
  chosen: string | null
  onPick: (code: string) => void
}) {
  const group = useId()
  return (
    <fieldset class="pick-one">
      <legend>{props.label}</legend>
      {props.options.map(([code, name]) => (
        <label key={code}>
          <input type="radio" name={group} checked={props.chosen === code} onChange={() => props.onPick(code)} />
          {name}
        </label>
      ))}
    </fieldset>
  )
}
