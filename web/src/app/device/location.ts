/** Where the phone is, asked once. */

/** A point as the catalogue's `point` type wants it. */
export interface Point {
  [name: string]: number | string | null
  lng: number
  lat: number
  datum: 'wgs84' | 'gcj02' | 'bd09'
  accuracy_m: number | null
  source: 'gps' | 'network' | 'manual' | 'exif' | 'mock' | 'unknown'
}

/** Why there is no point. */
export type NoPoint = 'denied' | 'unavailable' | 'timeout' | 'unsupported'

/** Longest wait for a point, ms. Nothing else waits for it. */
const PATIENCE = 20_000

/** 0.1 m; more than any phone knows. */
function fine(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}

/**
 * Asks for one point. A browser says neither what found it nor whether it is simulated, so the source is `unknown`; an
 * accuracy of exactly nothing is what simulators give and no receiver ever does. The datum is that of the browser's interface.
 */
export function locate(geolocation: Geolocation | undefined = navigator.geolocation): Promise<Point | NoPoint> {
  if (geolocation === undefined) return Promise.resolve('unsupported')
  return new Promise(resolve => {
    geolocation.getCurrentPosition(
      ({ coords }) => {
        const known = Number.isFinite(coords.accuracy) && coords.accuracy > 0
        resolve({
          lng: fine(coords.longitude),
          lat: fine(coords.latitude),
          datum: 'wgs84',
          accuracy_m: known ? Math.min(10_000_000, Math.round(coords.accuracy * 10) / 10) : null,
          source: coords.accuracy === 0 ? 'mock' : 'unknown',
        })
      },
      error => resolve(error.code === 1 ? 'denied' : error.code === 3 ? 'timeout' : 'unavailable'),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
    )
  })
}
