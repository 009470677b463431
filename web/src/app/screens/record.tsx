import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Apart, Field, Photo, RecordShown, ValueView } from '../../phone'
import { labelIn, useApp, useAsked } from '../context'
import { isReason, reasonOf } from '../form/absent'
import { elementsOf, registerOf, titleOf } from '../form/model'
import { memberName, unitName, valueText } from '../form/show'
import { moment } from '../format'
import { Button, RowLink, Sure } from '../parts/button'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { Picture } from '../parts/picture'
import { Play } from '../parts/play'
import { StandingBadges } from '../parts/standing'
import { go, href } from '../route'

/** One record: how it stands, what it says, what differs, what was not accepted, and what can be done. */
export function RecordScreen({ record }: { record: string }) {
  const { phone, state, lang, words } = useApp()
  const view = useAsked(() => phone.view(record), [record])
  const draft = useAsked(() => phone.draft(record), [record])
  const photos = useAsked(() => phone.photos(record), [record])
  const shown = view.value
  if (shown === undefined || shown === null) {
    return (
      <Page title={words.recordTitle} key="none">
        {shown === null && draft.value === null && (
          <Notice tone="amber">
            <p>{words.notThere}</p>
            <p>{words.notThereAbout}</p>
          </Notice>
        )}
        {shown === null && draft.value != null && (
          <RowLink to={href('form', record)} icon="pencil">
            {words.openDraft}
          </RowLink>
        )}
      </Page>
    )
  }
  const kind = state.catalogue?.kinds[shown.kind]
  const may = shown.open.some(one => one.writable.length > 0)
  const grave = (step: string) => (kind?.workflow.transitions[step]?.reason === true ? 1 : 0)
  // What takes something back stands below what goes on.
  const steps = Array.from(new Set(shown.open.flatMap(one => one.transitions))).sort((a, b) => grave(a) - grave(b))
  const states = shown.states.map(one => labelIn(lang, kind?.workflow.states[one]?.label, one))
  const drop = async () => {
    await phone.dropDraft(record)
    draft.again()
  }
  return (
    <Page title={labelIn(lang, kind?.name, shown.kind)} key="record">
      <section class="card" aria-label={words.recordState}>
        <h2>
          {titleOf(state.catalogue, shown.kind, shown.fields, of => labelIn(lang, 'label' in of ? of.label : of.name))}
        </h2>
        <StandingBadges standing={shown.standing} photos={shown.photos} />
        {shown.standing === 'waiting' && <p>{words.saved}</p>}
        {shown.standing === 'returned' && <WhyReturned record={record} />}
        {states.length > 0 && (
          <p>
            {words.recordState}
            {words.colon}
            {states.join(' / ')}
          </p>
        )}
        <p class="soft">
          {unitName(shown.unit, state)} · {memberName(shown.record.creator, state, words)} ·{' '}
          {moment(words, shown.madeMs, Date.now())}
        </p>
      </section>
      {draft.value != null && (
        <section class="stack">
          <RowLink to={href('form', record)} icon="pencil">
            {words.openDraft}
          </RowLink>
          <Sure label={words.discardDraft} question={words.discardDraftSure} yes={words.discardDraft} onSure={drop} />
        </section>
      )}
      {shown.contested.length > 0 && <Contested shown={shown} />}
      {shown.apart.length > 0 && <Refused shown={shown} />}
      <section class="card" aria-label={words.recordTitle}>
        <dl class="facts">
          {(kind?.form ?? []).map(name => {
            const field = kind?.fields[name]
            const of = shown.fields[name]
            if (field === undefined || (of === undefined && field.type !== 'point')) return null
            if (shown.contested.indexOf(name) >= 0 || isReason(kind, name)) return null
            return (
              <div key={name}>
                <dt>{labelIn(lang, field.label, name)}</dt>
                <dd>
                  <Value name={name} field={field} shown={shown} photos={photos.value ?? []} />
                </dd>
              </div>
            )
          })}
        </dl>
      </section>
      <section class="stack" aria-label={words.nextStep}>
        {may && draft.value == null && (
          <Button icon="pencil" kind="main" onPress={() => go('form', record)}>
            {words.edit}
          </Button>
        )}
        {draft.value == null &&
          steps.map(name => (
            <Button icon="next" key={name} onPress={() => go('form', record, name)}>
              {labelIn(lang, kind?.workflow.transitions[name]?.label, name)}
            </Button>
          ))}
        {shown.pulled && (
          <RowLink to={href('history', record)} icon="clock">
            {words.showHistory}
          </RowLink>
        )}
      </section>
    </Page>
  )
}

/** Why it came back: only the server's history has the reason. */
function WhyReturned({ record }: { record: string }) {
  const { phone, words } = useApp()
  const lines = useAsked(() => phone.history(record), [record], true)
  if (lines.error !== null && lines.value === undefined) return <p>{words.reasonOffline}</p>
  const reasons = (lines.value ?? []).filter(one => one.fate === 'accepted').flatMap(one => one.says?.reason ?? [])
  const last = reasons[reasons.length - 1]
  return last === undefined ? null : <Notice tone="amber">{words.reasonIs(last)}</Notice>
}

/** Fields whose values differ: each value with who wrote it, none preferred. */
function Contested({ shown }: { shown: RecordShown }) {
  const { state, lang, words } = useApp()
  const kind = state.catalogue?.kinds[shown.kind]
  return (
    <section class="card" aria-label={words.conflictTitle}>
      <Notice tone="purple">
        <p>{words.conflictAbout}</p>
        <p>{words.conflictNext}</p>
      </Notice>
      {shown.contested.map(name => {
        const field = kind?.fields[name]
        const values = shown.fields[name]
        if (!Array.isArray(values)) return null
        const states = kind?.workflow.states ?? {}
        const text = (one: ValueView) =>
          field === undefined
            ? labelIn(lang, states[String(one.value)]?.label, String(one.value))
            : valueText(one.value, field, state, lang, words)
        return (
          <div class="stack" key={name}>
            <h3>{field === undefined ? words.recordState : labelIn(lang, field.label, name)}</h3>
            <ul class="two-values">
              {values.map(one => {
                const mine = one.by == null || one.by === state.member?.id
                return (
                  <li class={mine ? 'tone-blue' : 'tone-purple'} key={`${one.dot[0]} ${one.dot[1]}`}>
                    <p>
                      {mine ? words.conflictYours : words.conflictOf(memberName(one.by, state, words))}
                      {one.at == null ? '' : ` · ${moment(words, one.at, Date.now())}`}
                    </p>
                    <p>
                      <strong>{text(one)}</strong>
                    </p>
                  </li>
                )
              })}
            </ul>
          </div>
        )
      })}
    </section>
  )
}

/** What was not accepted: kept and shown apart, with the reason. */
function Refused({ shown }: { shown: RecordShown }) {
  const { phone, state, lang, words } = useApp()
  const [gone, setGone] = useState(false)
  const again = async (one: Apart) => {
    const draft = await phone.reopen(one)
    if (draft === null) setGone(true)
    else go('form', draft.form.record)
  }
  return (
    <section class="card" aria-label={words.apart}>
      <h2>{words.apart}</h2>
      <p>{words.apartAbout}</p>
      {shown.apart.map(one => (
        <Notice tone="red" key={`${one.device} ${one.seq}`}>
          <p>
            <strong>{one.text}</strong>
          </p>
          <dl class="facts">
            {Object.entries(one.set).map(([name, value]) => {
              const field = state.catalogue?.kinds[one.kind]?.fields[name]
              return (
                <div key={name}>
                  <dt>{labelIn(lang, field?.label, name)}</dt>
                  <dd>{field === undefined ? String(value) : valueText(value, field, state, lang, words)}</dd>
                </div>
              )
            })}
          </dl>
          <Button icon="pencil" onPress={() => again(one)}>
            {words.putRight}
          </Button>
        </Notice>
      ))}
      {gone && <Notice tone="amber">{words.textGone}</Notice>}
    </section>
  )
}

/** A field's value, or its elements. */
function Value(props: { name: string; field: Field; shown: RecordShown; photos: readonly Photo[] }) {
  const { state, lang, words } = useApp()
  const { name, field, shown, photos } = props
  const of = shown.fields[name]
  const elements = field.policy === 'set' ? elementsOf(of) : registerOf(of).slice(0, 1)
  if (field.type === 'blob') return <Blobs name={name} hashes={elements.map(String)} photos={photos} />
  if (field.type === 'point' && elements.every(one => one === null)) {
    const beside = reasonOf(state.catalogue?.kinds[shown.kind], name)
    const why = beside === null ? undefined : registerOf(shown.fields[beside.name])[0]
    if (beside === null || typeof why !== 'string') return <>{words.noPoint}</>
    return <>{words.noPoint + words.colon + valueText(why, beside.field, state, lang, words)}</>
  }
  if (field.type === 'record') return <Links records={elements.map(String)} />
  return <>{elements.map(one => valueText(one, field, state, lang, words)).join(words.listSep)}</>
}

/** Records that are linked, by their titles. */
function Links({ records }: { records: readonly string[] }) {
  const { phone, state, lang, words } = useApp()
  const views = useAsked(() => Promise.all(records.map(one => phone.view(one))), [records.join(' ')])
  const items: ComponentChildren[] = records.map((id, at) => {
    const view = views.value?.[at]
    if (view === undefined) return <p key={id}>…</p>
    if (view === null) return <p key={id}>{words.notReadable}</p>
    const title = titleOf(state.catalogue, view.kind, view.fields, of =>
      labelIn(lang, 'label' in of ? of.label : of.name),
    )
    return (
      <RowLink key={id} to={href('record', id)} icon="list">
        {title}
      </RowLink>
    )
  })
  return <>{items}</>
}

/** Photos and voice notes with how far each is. */
function Blobs({ name, hashes, photos }: { name: string; hashes: readonly string[]; photos: readonly Photo[] }) {
  const { words } = useApp()
  const about = (sha256: string) => {
    const photo = photos.find(one => one.sha256 === sha256)
    if (photo === undefined) return ''
    if (photo.trouble !== null) return photo.trouble.text
    if (photo.state === 'absent' && photo.sent > 0)
      return words.photoSending(Math.floor((100 * photo.sent) / photo.bytes))
    return words.photoStates[photo.state] ?? photo.state
  }
  if (name === 'voice') {
    return (
      <div class="stack">
        {hashes.map((sha256, at) => (
          <div key={sha256}>
            <Play sound={photos.find(one => one.sha256 === sha256)?.original ?? null} name={words.voiceN(at + 1)} />
            <p class="soft">{about(sha256)}</p>
          </div>
        ))}
      </div>
    )
  }
  return (
    <ul class="photos">
      {hashes.map((sha256, at) => (
        <li key={sha256}>
          <Picture sha256={sha256} alt={words.photoN(at + 1)} />
          <span class="soft">{about(sha256)}</span>
        </li>
      ))}
    </ul>
  )
}
