import type { Unit } from '../../phone'

/** The units in which one writes: the communities where there are any, for a district's or an area's own come later in a list. */
export function writing(units: readonly Unit[]): Unit[] {
  const communities = units.filter(one => one.level === 'community')
  return communities.length > 0 ? communities : units.slice()
}
