/** In which role and community something is written. */

import type { Appointment, Catalogue, Unit } from '../../phone'

/** The unit is at or below another. Codes tell it where the grid's list does not. */
export function within(units: readonly Unit[], unit: string, above: string): boolean {
  let at: string | null | undefined = unit
  for (let steps = 0; at !== null && at !== undefined && steps < 8; steps++) {
    if (at === above) return true
    at = units.find(one => one.code === at)?.parent
  }
  return unit.startsWith(above.replace(/(000)+$/, ''))
}

/** The communities at or below an appointment's unit; the unit itself where it has none. */
export function unitsOf(units: readonly Unit[], appointment: Appointment): Unit[] {
  const below = units.filter(one => one.level === 'community' && within(units, one.code, appointment.unit))
  if (below.length > 0) return below
  return [units.find(one => one.code === appointment.unit) ?? { code: appointment.unit, name: appointment.unit }]
}

/** The appointment in which a record of a unit is edited: the first whose role may, else the first that reaches there. */
export function appointmentFor(
  appointments: readonly Appointment[],
  units: readonly Unit[],
  catalogue: Catalogue | null,
  kind: string,
  unit: string,
): Appointment | undefined {
  const reaching = appointments.filter(one => within(units, unit, one.unit))
  const edit = catalogue?.kinds[kind]?.write.edit ?? []
  return reaching.find(one => edit.indexOf(one.role) >= 0) ?? reaching[0]
}
