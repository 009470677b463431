import { useMemo } from 'preact/hooks'
import { useApp } from '../../app/context'
import { metres } from '../../app/format'
import { distanceM, type Place, placeOf, sketch } from '../../desk/place'
import type { Opened } from '../../desk/types'
import { useConsole, useNames } from '../context'

/** The side of the drawing, in its own units. */
const SIDE = 360

/** A grid with the places that take part: nothing is asked of anybody for it. */
export function PlaceMap({ opened }: { opened: Opened }) {
  const { state, words, lang } = useApp()
  const { t } = useConsole()
  const names = useNames()
  const drawing = useMemo(
    () =>
      sketch(
        placesOf(
          opened,
          name => names.member(name),
          id => t.recordOf(names.short(id)),
        ),
      ),
    // Names come with the state and the language.
    [opened, state.members, lang],
  )
  if (drawing === null) return null
  const { spots, half, grid } = drawing
  const scale = SIDE / (2 * half)
  const x = (east: number) => SIDE / 2 + east * scale
  const y = (north: number) => SIDE / 2 - north * scale
  const lines: number[] = []
  for (let at = Math.ceil(-half / grid) * grid; at <= half; at += grid) lines.push(at)
  const [first, second] = spots
  return (
    <section class="block" aria-label={t.map}>
      <h3>{t.map}</h3>
      <div class="map">
        <svg
          viewBox={`0 0 ${SIDE} ${SIDE}`}
          role="img"
          aria-label={t.mapAlt(spots.map(one => one.label).join(words.listSep))}
        >
          {lines.map(at => (
            <g key={at} class="grid">
              <line x1={x(at)} y1={0} x2={x(at)} y2={SIDE} />
              <line x1={0} y1={y(at)} x2={SIDE} y2={y(at)} />
            </g>
          ))}
          {spots.map((one, nth) => (
            <g key={`${nth} ${one.label}`} class={`spot n${nth % 4}`}>
              {one.accuracyM !== null && (
                <circle class="around" cx={x(one.east)} cy={y(one.north)} r={one.accuracyM * scale} />
              )}
              <circle class="point" cx={x(one.east)} cy={y(one.north)} r="9" />
              <text x={x(one.east)} y={y(one.north)}>
                {nth + 1}
              </text>
            </g>
          ))}
        </svg>
        <div>
          <ol class="legend">
            {spots.map((one, nth) => (
              <li key={`${nth} ${one.label}`} class={`n${nth % 4}`}>
                <strong>{one.label}</strong>
                <span class="soft">
                  {one.lat.toFixed(5)}, {one.lng.toFixed(5)} {words.datum[one.datum] ?? one.datum}
                  {one.accuracyM === null ? '' : ` ±${metres(words, one.accuracyM)}`}
                </span>
              </li>
            ))}
          </ol>
          {spots.length === 2 && first !== undefined && second !== undefined && (
            <p>{t.apart(metres(words, distanceM(first, second)))}</p>
          )}
          <p class="soft">{t.mapAbout(metres(words, grid))}</p>
        </div>
      </div>
    </section>
  )
}

/** The places of a case: of the versions, of the records, and those that photos claim. Each once. */
function placesOf(opened: Opened, member: (id: string) => string, record: (id: string) => string): Place[] {
  const found: Place[] = []
  const put = (place: Place | null) => {
    if (place === null) return
    const isKnown = found.some(one => one.lng === place.lng && one.lat === place.lat && one.datum === place.datum)
    if (!isKnown) found.push(place)
  }
  for (const { record: view, beside, photos } of opened.records) {
    for (const version of beside) {
      for (const value of Object.values(version.place)) put(placeOf(member(version.by), value))
    }
    for (const field of Object.values(view.fields)) {
      if (Array.isArray(field)) for (const { value } of field) put(placeOf(record(view.id), value))
    }
    for (const photo of photos) {
      const position = photo.arrived?.exif?.position
      if (position == null) continue
      const { lng, lat, datum } = position
      put({ label: `EXIF ${photo.sha256.slice(0, 6)}`, lng, lat, datum, accuracyM: null })
    }
  }
  return found
}
