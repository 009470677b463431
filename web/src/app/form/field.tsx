import type { Attached, Entry, Form, Json, Photo } from '../../phone'
import { labelIn, useApp } from '../context'
import { Choices } from '../parts/choices'
import { described, Frame, labelId } from './frame'
import { LinkField } from './link'
import { itemsOf, type Named, registerOf, valueIn, withItem, withValue } from './model'
import { PeopleField } from './people'
import { PicturesField } from './pictures'
import { NumberField, TextField, WhenField } from './plain'
import { PointField } from './point'
import { valueText } from './show'
import { VoiceField } from './voice'

/** What every control of a form gets. */
export interface Control {
  id: string
  named: Named
  form: Form
  entry: Entry
  attached: readonly Attached[]
  kept: readonly Photo[]
  wrong: string | undefined
  /** Changes what is filled in, whatever was filled in meanwhile. */
  onEntry: (change: (before: Entry) => Entry) => void
  onAttached: (change: (attached: Attached[]) => Attached[]) => void
}

/** A field of a form, by its type. */
export function FieldControl(props: Control) {
  const { lang, words, state } = useApp()
  const { named, form, entry } = props
  const { name, field } = named
  const label = labelIn(lang, field.label, name)
  const differing = form.shown !== null && field.policy === 'review' ? registerOf(form.shown.fields[name]) : []
  const hint =
    differing.length > 1 && entry.set?.[name] === undefined
      ? `${words.conflictTitle}${words.colon}${differing.map(one => valueText(one, field, state, lang, words)).join(' / ')}`
      : undefined
  const frame = { id: props.id, label, required: field.required, wrong: props.wrong, hint }
  const put = (value: Json) => props.onEntry(before => withValue(before, name, value))

  switch (field.type) {
    case 'text':
      return <TextField {...frame} field={field} value={valueIn(form, entry, name)} onValue={put} />
    case 'integer':
    case 'minutes':
      return <NumberField {...frame} field={field} value={valueIn(form, entry, name)} onValue={put} />
    case 'date':
    case 'instant':
      return <WhenField {...frame} field={field} value={valueIn(form, entry, name)} onValue={put} />
    case 'bool': {
      const value = valueIn(form, entry, name)
      const options = [
        { value: 'true', text: words.yes },
        { value: 'false', text: words.no },
      ]
      return (
        <Frame {...frame}>
          <Choices
            options={options}
            chosen={value === null ? [] : [String(value)]}
            labelledBy={labelId(props.id)}
            describedBy={described(props.id, hint, props.wrong)}
            invalid={props.wrong !== undefined}
            onChoose={chosen => put(chosen === 'true')}
          />
        </Frame>
      )
    }
    case 'enum':
    case 'unit': {
      const options =
        field.type === 'enum'
          ? (field.values ?? []).map(one => ({ value: one.code, text: labelIn(lang, one.label, one.code) }))
          : state.units.map(one => ({ value: one.code, text: one.name }))
      const many = field.policy === 'set'
      const value = valueIn(form, entry, name)
      const chosen = many ? itemsOf(form, entry, name).map(String) : value === null ? [] : [String(value)]
      return (
        <Frame {...frame}>
          <Choices
            options={options}
            chosen={chosen}
            many={many}
            labelledBy={labelId(props.id)}
            describedBy={described(props.id, hint, props.wrong)}
            invalid={props.wrong !== undefined}
            onChoose={(code, inside) =>
              many ? props.onEntry(before => withItem(form, before, name, code, inside)) : put(code)
            }
          />
        </Frame>
      )
    }
    case 'member':
      return <PeopleField {...props} frame={frame} />
    case 'record':
      return <LinkField {...props} frame={frame} />
    case 'point':
      return <PointField {...props} frame={frame} />
    case 'blob':
      return name === 'voice' ? <VoiceField {...props} frame={frame} /> : <PicturesField {...props} frame={frame} />
  }
}

/** The parts of a frame that each control hands on. */
export interface FrameOf {
  id: string
  label: string
  required: boolean
  wrong: string | undefined
  hint: string | undefined
}
