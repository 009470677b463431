import type { RecordLine } from '../../phone'
import { type App, labelIn, useApp } from '../context'
import { titleOf } from '../form/model'
import { unitName } from '../form/show'
import { moment } from '../format'
import { href } from '../route'
import type { RowShape, RowText } from './row-shape'
import { badgesOf, StandingBadges } from './standing'

/** What the row of a record says. */
export function rowText(line: RecordLine, { state, lang, words }: App, now: number): RowText {
  const title = titleOf(state.catalogue, line.kind, line.fields, of =>
    labelIn(lang, 'label' in of ? of.label : of.name),
  )
  const under = `${moment(words, line.madeMs, now)} · ${unitName(line.unit, state)}`
  return { title, under, badges: badgesOf(line, words).map(one => one.text) }
}

/** A record in a list: what it is, when and where, and how it stands. In a list of many its lines are counted beforehand. */
export function RecordRow({ line, shape }: { line: RecordLine; shape?: RowShape }) {
  const { title, under } = rowText(line, useApp(), Date.now())
  const to = line.standing === 'draft' ? href('form', line.id) : href('record', line.id)
  return (
    <a class="record-row" href={to}>
      <span class="title" style={shape && { webkitLineClamp: String(shape.title) }}>
        {title}
      </span>
      <span class="under" style={shape && { maxHeight: `${shape.under * 1.5}em` }}>
        {under}
      </span>
      <StandingBadges standing={line.standing} photos={line.photos} />
    </a>
  )
}
