import { useId, useRef, useState } from 'preact/hooks'
import { useApp } from '../context'
import { Button } from './button'
import { Icon } from './icon'

/** One of several things to choose from. */
export interface Option {
  value: string
  text: string
  under?: string
}

/** As many stand open at once; longer lists open when they are asked for. */
const OPEN = 6
/** From so many on, a list can be searched. */
const SEARCHED = 12
/** As many are drawn at once; the search finds the rest. */
const DRAWN = 60

/** Choices as large boxes: one of them, or as many as one likes. The legend stands in the field around it. */
export function Choices(props: {
  options: readonly Option[]
  chosen: readonly string[]
  many?: boolean
  labelledBy: string
  describedBy?: string
  invalid?: boolean
  onChoose: (value: string, inside: boolean) => void
}) {
  const { words } = useApp()
  const group = useId()
  const long = props.options.length > OPEN
  const [asked, setOpen] = useState(false)
  const open = asked || !long
  const pressed = useRef(false)
  const [search, setSearch] = useState('')
  const found = props.options.filter(one =>
    `${one.text} ${one.under ?? ''}`.toLowerCase().includes(search.toLowerCase()),
  )
  const names = props.options.filter(one => props.chosen.indexOf(one.value) >= 0).map(one => one.text)

  if (!open) {
    return (
      <fieldset aria-labelledby={props.labelledBy} aria-describedby={props.describedBy}>
        {names.length > 0 && <p class="picked">{names.join(words.listSep)}</p>}
        <Button icon={names.length > 0 ? 'pencil' : 'list'} onPress={() => setOpen(true)}>
          {names.length > 0 ? words.change : words.choose}
        </Button>
      </fieldset>
    )
  }
  const few = found.every(one => one.text.length <= 7 && one.under === undefined)
  return (
    <fieldset
      role={props.many ? undefined : 'radiogroup'}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      aria-invalid={!props.many && props.invalid ? 'true' : undefined}
    >
      <div class="stack">
        {props.options.length >= SEARCHED && (
          <input
            class="input"
            type="search"
            value={search}
            placeholder={words.search}
            aria-label={words.search}
            onInput={event => setSearch(event.currentTarget.value)}
          />
        )}
        <div class={few ? 'choices few' : 'choices'}>
          {found.slice(0, DRAWN).map(one => (
            <label class={props.many ? 'choice' : 'choice one'} key={one.value}>
              <input
                type={props.many ? 'checkbox' : 'radio'}
                name={group}
                checked={props.chosen.indexOf(one.value) >= 0}
                onChange={event => {
                  props.onChoose(one.value, event.currentTarget.checked)
                  if (long && !props.many && pressed.current) setOpen(false)
                }}
                onClick={event => {
                  // A finger has chosen and is done; the arrow keys, which press nothing, may go on.
                  pressed.current = event.detail > 0
                }}
              />
              <span class="mark" aria-hidden="true">
                <Icon name="check" size={20} />
              </span>
              <span class="words">
                {one.text}
                {one.under !== undefined && <span class="soft"> {one.under}</span>}
              </span>
            </label>
          ))}
        </div>
        {long && (
          <Button icon="check" onPress={() => setOpen(false)}>
            {words.less}
          </Button>
        )}
      </div>
    </fieldset>
  )
}
