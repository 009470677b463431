import type { Entry, Json } from '../../phone'

/** What a new record of a kind begins with, and which fields its form shows first; all else follows from the catalogue. */
export interface Preset {
  first: readonly string[]
  set(now: string, member: string): Record<string, Json>
}

const NOTHING: Preset = { first: [], set: () => ({}) }

const PRESETS: Record<string, Preset> = {
  photo_report: {
    first: ['photos', 'interest', 'title', 'description', 'voice', 'point'],
    set: now => ({ channel: 'app', taken_at: now }),
  },
  supervision_visit: { first: [], set: now => ({ visited_at: now }) },
  volunteer_session: { first: [], set: (_, member) => ({ volunteer: member }) },
}

/** The preset of a kind; an empty one where there is none. */
export function presetOf(kind: string): Preset {
  return PRESETS[kind] ?? NOTHING
}

/** The entry that a new form begins with: the preset's values for fields that the catalogue has. */
export function beginning(kind: string, fields: Record<string, unknown>, now: string, member: string): Entry {
  const all = Object.entries(presetOf(kind).set(now, member))
  return { set: Object.fromEntries(all.filter(([name]) => fields[name] !== undefined)) }
}
