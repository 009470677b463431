import { useApp } from '../context'
import { Choices, type Option } from '../parts/choices'
import type { Control, FrameOf } from './field'
import { described, Frame, labelId } from './frame'
import { itemsOf, valueIn, withItem, withValue } from './model'

/** Members: oneself first, then those of the record's unit, then all others that this phone knows. */
export function PeopleField(props: Control & { frame: FrameOf }) {
  const { state, words } = useApp()
  const { named, form, entry } = props
  const many = named.field.policy === 'set'
  const near = (unit: string) => (unit === form.unit ? 0 : 1)
  const everybody = state.members.slice().sort((a, b) => near(a.unit) - near(b.unit))
  const options: Option[] = []
  const seen = new Set<string>()
  const put = (id: string, name: string, number: string) => {
    if (seen.has(id)) return
    seen.add(id)
    options.push({ value: id, text: name, under: number })
  }
  if (state.member !== null) put(state.member.id, state.member.name, state.member.number)
  for (const one of everybody) put(one.id, one.name, one.number)
  const value = valueIn(form, entry, named.name)
  const chosen = many ? itemsOf(form, entry, named.name).map(String) : value === null ? [] : [String(value)]
  for (const id of chosen) put(id, words.unknownName, '')
  return (
    <Frame {...props.frame}>
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
    </Frame>
  )
}
