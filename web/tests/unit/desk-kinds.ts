/** Two kinds for tests of the desk, cut down to what a decision looks at, beside the one of the vectors. */

import { readFileSync } from 'node:fs'
import type { Catalogue, Field, Kind, Transition } from '../../src/protocol/catalogue'

const VERDICTS = new URL('../../../sync-protocol/vectors/verdicts.json', import.meta.url)

const said = { 'zh-Hans': '某', en: 'some' }
const field = (type: Field['type'], policy: Field['policy'], more: Partial<Field> = {}): Field => ({
  type,
  policy,
  required: false,
  since: 1,
  sensitivity: 'internal',
  label: said,
  ...more,
})
const step = (from: string[], to: string, roles: string[], more: Partial<Transition> = {}): Transition => ({
  label: said,
  from,
  to,
  roles,
  ...more,
})
const kind = (more: Pick<Kind, 'write' | 'fields' | 'workflow'>): Kind => ({
  since: 1,
  name: said,
  about: said,
  read: {},
  form: Object.keys(more.fields),
  ...more,
})

const choice = (code: string) => ({ code, since: 1, label: said })

const photoReport = kind({
  write: { create: ['volunteer'], edit: ['volunteer', 'prosecutor', 'conflict_admin'], own: ['volunteer'] },
  fields: {
    title: field('text', 'latest', { max_chars: 60 }),
    interest: field('enum', 'review', { values: ['women', 'heritage', 'work_safety'].map(choice) }),
    merged_into: field('record', 'review', { target: 'photo_report' }),
    related: field('record', 'set', { target: 'photo_report' }),
  },
  workflow: {
    initial: 'draft',
    states: Object.fromEntries(
      ['draft', 'received', 'returned', 'merged', 'void'].map(one => [one, { label: said }] as const),
    ),
    transitions: {
      submit: step(['draft', 'returned'], 'received', ['volunteer', 'prosecutor'], { creates: true }),
      return: step(['received'], 'returned', ['prosecutor', 'conflict_admin'], { concludes: 'return', reason: true }),
      merge: step(['received'], 'merged', ['prosecutor', 'conflict_admin'], {
        concludes: 'link',
        reason: true,
        needs: ['merged_into'],
      }),
      void: step(['received'], 'void', ['conflict_admin'], { concludes: 'void', reason: true }),
    },
  },
})

const DESK = ['conflict_admin', 'prosecutor']

const deskNote = kind({
  write: { create: DESK, edit: DESK },
  fields: { text: field('text', 'review', { required: true, max_chars: 2000 }) },
  workflow: { initial: 'noted', states: { noted: { label: said } }, transitions: {} },
})

const vectors: Catalogue = JSON.parse(readFileSync(VERDICTS, 'utf8')).catalog

export const catalogue: Catalogue = {
  ...vectors,
  kinds: { ...vectors.kinds, photo_report: photoReport, desk_note: deskNote },
}
