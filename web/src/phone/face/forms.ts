/** Forms, what is filled in, and what becomes of it. */

import type { Json, OpName } from '../../protocol/op'
import type { RecordView } from '../../protocol/record'

/** An open form: what its author saw when it was opened. Opaque to screens but for what is listed here. */
export interface Form {
  /** Names the form; a new one for every opening. */
  id: string
  record: string
  kind: string
  unit: string
  /** The record as shown; null in a form for a new record. */
  shown: RecordView | null
  /** What its author saw. */
  seen: Record<string, number>
  /** The server's history under which the shown record was pulled; null where nothing of it was. */
  generation: string | null
  /** The refused operation that a save of this form stands for. */
  reissues?: OpName
}

/** What was filled in. */
export interface Entry {
  /** Registers, null to clear. What is as shown is left out of the operation. */
  set?: Record<string, Json>
  add?: Record<string, Json[]>
  remove?: Record<string, Json[]>
  /** A transition of the workflow. */
  act?: string | null
  reason?: string | null
}

/** A photo, voice note or document to take in. */
export interface Taking {
  field: string
  file: Blob
  source: 'camera' | 'album'
  /** When it was captured, RFC 3339 with an offset; by default now. */
  captured?: string
  /** The media type, where the file does not say it. */
  media?: string
}

/** One that is kept here, hashed before anything changed it, and named by a form. */
export interface Attached {
  field: string
  sha256: string
  bytes: number
  media: string
}

/** A form that is not saved yet, as it was last kept. */
export interface Draft {
  form: Form
  appointment: string | null
  entry: Entry
  attached: Attached[]
  /** ms since 1970 by this phone's clock. */
  keptMs: number
}

/** What to do when the record has moved since the form was opened. */
export type IfMoved =
  /** Say so (`base_moved`) and save nothing. */
  | 'ask'
  /** Save what was filled in; what came meanwhile stays beside it. */
  | 'save'

/** An operation in the outbox. */
export interface Saved {
  record: string
  device: string
  seq: number
}
