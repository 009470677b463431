import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { troubleText } from '../../app/fault'
import { Button } from '../../app/parts/button'
import { Notice } from '../../app/parts/notice'
import { href } from '../../app/route'
import { confirmation, proposalOf } from '../../desk/decision'
import type { Opened, Proposal } from '../../desk/types'
import { useConsole, useNames } from '../context'
import { useOffice } from '../office'
import { useTimes, useValues } from './value'

/** The proposal that a finding is about, to be confirmed by another person; or that one waits on the same record. */
export function ProposalPanel(props: { opened: Opened; stale: boolean; onDone: (text: string) => unknown }) {
  const { opened } = props
  const proposal = proposalOf(opened)
  const record = opened.records.find(one => (one.record.proposals ?? []).length > 0)?.record.id ?? null
  if (proposal === null || opened.finding.closed_ms != null) {
    return opened.finding.rule !== 'awaits_confirmation' && record !== null ? <Waits record={record} /> : null
  }
  return <Confirm {...props} proposal={proposal} />
}

function Waits({ record }: { record: string }) {
  const { desk, t } = useConsole()
  const [finding, setFinding] = useState<string | null>(null)
  useEffect(() => {
    let left = false
    desk.waiting(record).then(
      found => left || setFinding(found[0]?.id ?? null),
      // Without an answer there is no link; the list has it too.
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [desk, record])
  return (
    <Notice tone="purple">
      <p>{t.proposalWaits}</p>
      {finding !== null && <a href={href('inbox', finding)}>{t.openProposal}</a>}
    </Notice>
  )
}

function Confirm(props: { opened: Opened; proposal: Proposal; stale: boolean; onDone: (text: string) => unknown }) {
  const { state, phone, words } = useApp()
  const { desk, t } = useConsole()
  const names = useNames()
  const times = useTimes()
  const office = useOffice()
  const { opened, proposal } = props
  const sheet = opened.records.find(one => (one.record.proposals ?? []).indexOf(proposal) >= 0)
  const { label, value, step } = useValues(sheet?.record.kind ?? '')
  const [reason, setReason] = useState('')
  const [trouble, setTrouble] = useState<string | null>(null)
  const isOwn = proposal.by === state.member?.id
  const send = async () => {
    setTrouble(null)
    if (office === null || props.stale) return
    const written = confirmation(office(), opened, proposal, reason)
    if ('code' in written) {
      setTrouble(t.missing[written.code] ?? phone.words(written.code))
      return
    }
    try {
      const [fate] = await desk.decide([written])
      if (fate?.kind === 'refused') setTrouble(t.refusedNow(fate.text))
      else await props.onDone(fate?.kind === 'accepted' ? t.confirmedNow : t.done.waiting)
    } catch (error) {
      setTrouble(troubleText(error, words))
    }
  }
  return (
    <section class="block proposal" aria-labelledby="proposal">
      <h3 id="proposal">{t.proposal}</h3>
      <p>{t.proposedBy(names.member(proposal.by), times.at(proposal.at))}</p>
      <h4>{t.proposesThat}</h4>
      <dl class="deed-says">
        {proposal.decides != null && (
          <div>
            <dt>{t.conclusion}</dt>
            <dd>{t.conclusions[proposal.decides.conclusion] ?? proposal.decides.conclusion}</dd>
          </div>
        )}
        {proposal.act != null && (
          <div>
            <dt>{t.step}</dt>
            <dd>{step(proposal.act)}</dd>
          </div>
        )}
        {Object.entries(proposal.set ?? {}).map(([name, of]) => (
          <div key={name}>
            <dt>{label(name)}</dt>
            <dd>{value(name, of)}</dd>
          </div>
        ))}
        {Object.entries({ ...proposal.add, ...proposal.remove }).map(([name, all]) => (
          <div key={`set ${name}`}>
            <dt>{label(name)}</dt>
            <dd>{all.map(of => value(name, of)).join(' / ')}</dd>
          </div>
        ))}
        {proposal.reason != null && (
          <div>
            <dt>{t.reason}</dt>
            <dd>{proposal.reason}</dd>
          </div>
        )}
      </dl>
      {isOwn && <Notice tone="blue">{t.proposalOwn}</Notice>}
      {proposal.hidden === true && <Notice tone="amber">{t.proposalHidden}</Notice>}
      {!isOwn && proposal.hidden !== true && (
        <>
          <label class="reason" for="confirm-reason">
            <span>{t.reasonLabel}</span>
            <textarea
              id="confirm-reason"
              maxLength={1000}
              value={reason}
              onInput={event => setReason(event.currentTarget.value)}
            />
          </label>
          {trouble !== null && (
            <Notice tone="red" live>
              {trouble}
            </Notice>
          )}
          <Button kind="main" icon="check" busy={props.stale} onPress={send}>
            {t.confirm}
          </Button>
        </>
      )}
      <p class="soft">{t.turnDown}</p>
    </section>
  )
}
