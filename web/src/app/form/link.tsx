import { labelIn, useApp, useAsked } from '../context'
import { Choices } from '../parts/choices'
import { Notice } from '../parts/notice'
import type { Control, FrameOf } from './field'
import { described, Frame, labelId } from './frame'
import { itemsOf, titleOf, valueIn, withItem, withValue } from './model'
import { unitName } from './show'

/** As many records are offered; the newest. */
const OFFERED = 500

/** A link to a record: one of those that this phone may read. */
export function LinkField(props: Control & { frame: FrameOf }) {
  const { state, lang, words } = useApp()
  const { named, form, entry } = props
  const target = named.field.target ?? ''
  const page = useAsked(phone => phone.records({ kind: target, limit: OFFERED }), [target])
  const many = named.field.policy === 'set'
  const lines = (page.value?.lines ?? []).filter(one => one.standing !== 'draft' && one.id !== form.record)
  const options = lines.map(one => ({
    value: one.id,
    text: titleOf(state.catalogue, one.kind, one.fields, of => labelIn(lang, 'label' in of ? of.label : of.name)),
    under: one.unit === form.unit ? undefined : unitName(one.unit, state),
  }))
  const value = valueIn(form, entry, named.name)
  const chosen = many ? itemsOf(form, entry, named.name).map(String) : value === null ? [] : [String(value)]
  return (
    <Frame {...props.frame}>
      {page.value !== undefined && options.length === 0 ? (
        <Notice tone="amber">{words.nothingToLink(labelIn(lang, state.catalogue?.kinds[target]?.name, target))}</Notice>
      ) : (
        <Choices
          options={options}
          chosen={chosen}
          many={many}
          labelledBy={labelId(props.id)}
          describedBy={described(props.id, props.frame.hint, props.wrong)}
          invalid={props.wrong !== undefined}
          onChoose={(id, inside) =>
            props.onEntry(before =>
              many ? withItem(form, before, named.name, id, inside) : withValue(before, named.name, id),
            )
          }
        />
      )}
    </Frame>
  )
}
