/** Places for the map: every one in WGS-84 for display, as given otherwise, and as metres around their middle. */

import gcoord from 'gcoord'
import type { Json } from '../protocol/op'

/** A place that was given. */
export interface Place {
  /** Who or what gave it, in words. */
  label: string
  lng: number
  lat: number
  /** As given: `wgs84`, `gcj02`, `bd09`, or one that is not known. */
  datum: string
  accuracyM: number | null
}

/** A place on the map: metres east and north of the middle of all. */
export interface Spot extends Place {
  east: number
  north: number
}

/** What is drawn, and how large. */
export interface Sketch {
  spots: Spot[]
  /** Half the side of the square that is shown, and the side of its grid, metres. */
  half: number
  grid: number
}

const EARTH_M = 6_371_008.8
/** The least that is shown to each side, metres. */
const LEAST_M = 100

const SYSTEMS = { wgs84: gcoord.WGS84, gcj02: gcoord.GCJ02, bd09: gcoord.BD09 } as const

/** The place of a point field's value; null: it is none. */
export function placeOf(label: string, value: Json): Place | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const { lng, lat, datum, accuracy_m } = value
  if (typeof lng !== 'number' || typeof lat !== 'number') return null
  return { label, lng, lat, datum: String(datum), accuracyM: typeof accuracy_m === 'number' ? accuracy_m : null }
}

/** Longitude and latitude in WGS-84, degrees. A datum that is not known is taken for WGS-84. */
export function inWgs84(place: Place): [number, number] {
  const system = SYSTEMS[place.datum as keyof typeof SYSTEMS] ?? gcoord.WGS84
  const [lng, lat] = gcoord.transform([place.lng, place.lat], system, gcoord.WGS84) as [number, number]
  return [lng, lat]
}

/** The distance of two places, metres. */
export function distanceM(a: Spot, b: Spot): number {
  return Math.hypot(a.east - b.east, a.north - b.north)
}

/** The step of a grid of which some ten lines are seen: 1, 2 or 5 of a power of ten, metres. */
export function gridOf(half: number): number {
  const rough = (2 * half) / 10
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].find(one => one * power >= rough) ?? 10
  return step * power
}

/** Puts places on a plane around their middle. */
export function sketch(places: Place[]): Sketch | null {
  if (places.length === 0) return null
  const all = places.map(inWgs84)
  const mean = (at: 0 | 1) => all.reduce((sum, one) => sum + one[at], 0) / all.length
  const [lng, lat] = [mean(0), mean(1)]
  const radian = Math.PI / 180
  const spots = places.map((place, at) => {
    const [x, y] = all[at] ?? [lng, lat]
    const east = (x - lng) * radian * EARTH_M * Math.cos(lat * radian)
    return { ...place, east, north: (y - lat) * radian * EARTH_M }
  })
  const reach = spots.map(one => Math.max(Math.abs(one.east), Math.abs(one.north)) + Math.min(one.accuracyM ?? 0, 500))
  const half = Math.max(LEAST_M, ...reach) * 1.15
  return { spots, half, grid: gridOf(half) }
}
