import { useState } from 'preact/hooks'
import type { Appointment, Unit } from '../../phone'
import { useApp } from '../context'
import { Button } from './button'

/** A community and the role in which one writes there. */
export interface Place {
  appointment: Appointment
  unit: Unit
}

/** From so many on, the list can be searched. */
const SEARCHED = 12
/** As many are drawn at once; the search finds the rest. */
const DRAWN = 40

/** Asks in which community, one button each. */
export function PickPlace(props: { places: readonly Place[]; roles: boolean; onPick: (place: Place) => unknown }) {
  const { words } = useApp()
  const [search, setSearch] = useState('')
  const found = props.places.filter(one => one.unit.name.includes(search.trim()))
  return (
    <section class="card" aria-labelledby="where">
      <h2 id="where">{words.pickUnit}</h2>
      {props.places.length >= SEARCHED && (
        <input
          class="input"
          type="search"
          value={search}
          aria-label={words.search}
          placeholder={words.search}
          onInput={event => setSearch(event.currentTarget.value)}
        />
      )}
      {found.slice(0, DRAWN).map(place => (
        <Button key={`${place.appointment.id} ${place.unit.code}`} onPress={() => props.onPick(place)}>
          {place.unit.name}
          {props.roles && ` · ${words.roles[place.appointment.role] ?? place.appointment.role}`}
        </Button>
      ))}
    </section>
  )
}
