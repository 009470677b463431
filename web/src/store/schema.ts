/** What the database holds. */

import type { components } from '../api/types'
import type { Appointment, Attached, Entry, Form, Person } from '../phone'
import type { Catalogue } from '../protocol/catalogue'
import type { Distrust, TreeHead } from '../protocol/log'
import type { RecordView } from '../protocol/record'
import type { Tally } from '../protocol/tally'
import type { StoredKey } from './keys'

/** What keeps the phone from syncing until somebody acts. */
export type Trouble = 'sign_in' | 'feed_forked' | 'feed_lost' | 'device_taken'

/** The member whose phone this is, and how things stand with the server. */
export interface AccountRow {
  member: Person
  label: string
  appointments: Appointment[]
  pushOnly: boolean
  accessToken: string | null
  refreshToken: string | null
  trouble: Trouble | null
  /** There was a sign-in with the password after the trouble began. */
  signedInSince: boolean
  /** The server's history as last heard. */
  generation: string | null
  /** The newest catalogue version that the server named. */
  catalog: number
  clockOffsetMs: number | null
  lastSyncMs: number | null
}

/** What the server announces. */
export type ConfigBody = components['schemas']['Config']

/** Units and members in the caller's scope, for choice lists. */
export type DirectoryBody = components['schemas']['Directory']

/** Something of the server's that is kept. */
export interface Cached<T> {
  body: T
  etag: string | null
  atMs: number
}

/** A service that has begun and not ended. */
export interface RunningRow {
  record: string
  kind: string
  unit: string
  appointment: string
  startedAt: string
  startedMs: number
  boot: string
  uptimeMs: number
}

/** The member's own hours as the server's ledger has them. */
export interface LedgerRow {
  /** The server's history of which this is. */
  generation: string
  atMs: number
  totals: components['schemas']['HoursTotal'][]
  /** The last posting known, as the next request names it. */
  last: string | null
  /** What each session has in the ledger: 0 where it was taken back. */
  postings: Record<string, { minutes: number; ledger: string }>
}

/** A restore that the server named. */
export interface Restore {
  /** The log that goes on. */
  origin: string
  /** The log of before. */
  before: string
  /** How many entries the log of before has kept. */
  size: number
  /** How many of its entries this phone had seen sealed. */
  seen: number
  /** When this phone heard of it, ms by its clock. */
  atMs: number
}

/** The server's transparency log, as last believed, and what was not. */
export interface LogRow {
  vkey: string
  head: TreeHead
  checkedMs: number
  /** Why something was not believed, since when, and what the server had said. It stays. */
  warning: { code: Distrust; sinceMs: number; evidence: string } | null
  restores: Restore[]
  /** Checkpoints that were believed: a restored server may have lost the last one. Of one log the smaller ones first. */
  seen: TreeHead[]
}

/** The rows of `meta`, by key. */
export interface Meta {
  ledger: LedgerRow
  log: LogRow
  account: AccountRow
  config: Cached<ConfigBody>
  catalogue: Cached<Catalogue>
  directory: Cached<DirectoryBody>
  running: RunningRow
  lang: string
  sealKey: CryptoKey
  /** The tab that syncs, where the browser has no locks. */
  lease: { owner: string; untilMs: number }
}

/** A device that this installation is or has been. */
export interface DeviceRow {
  device: string
  role: 'current' | 'next' | 'closed'
  /** The order in which they were made. */
  place: number
  key: StoredKey
  /** The server knows it. */
  registered: 0 | 1
  continues: { device: string; head_hash: string } | null
  /** The last operation written. */
  headSeq: number
  headHash: string
  /** The last operation that the server is known to have. */
  serverSeq: number
  durableSeq: number
  /** Of a closed one: the last operation that the server has as this phone wrote it. */
  commonSeq: number | null
}

/** An operation written here. */
export interface OutRow {
  device: string
  seq: number
  bodyHash: string
  chain: string
  /** Its text, byte for byte as it was written; null once the server's backup has it, or while it lies encrypted. */
  text: string | null
  sealed: { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer } | null
  /** Its unit has ended: it is to lie here encrypted, and is not shown. */
  hidden: 0 | 1
  /** Travels as a stub. */
  withheld: 0 | 1
  record: string
  kind: string
  unit: string
  savedMs: number
  /** It was in a push, whether or not that arrived. */
  sent: 0 | 1
  fate: 'none' | 'accepted' | 'held' | 'quarantined'
  code: string | null
  arrivalMs: number | null
  receipt: number | null
  /** The first receipt that the server gave for it. */
  firstReceipt: number | null
  /** The base has it, or its record is not for this reader any more: it is no longer laid over. */
  settled: 0 | 1
  /** The number that it bears in the feed that took this one's place. */
  rewrittenSeq: number | null
  /** Of a quarantined one: the number of the operation that was saved in its place. */
  reissuedBy: number | null
}

/** A receipt, as a server that was restored is shown it. */
export interface ReceiptRow {
  text: string
  key: string
  sig: string
}

/** How far a unit is. */
export interface UnitRow {
  unit: string
  cursor: string | null
  state: 'partial' | 'complete' | 'diverged'
  /** What was counted when it was last complete. */
  tally: Tally | null
  /** How often it was pulled anew because it had diverged, since it last fitted. */
  repulls: number
  /** The server is to be told that it has diverged. */
  report: 0 | 1
  /** It is no longer in the member's scope: dropped once what is pending has been delivered. */
  ending: 0 | 1
  /** The server's history under which its records were pulled. */
  generation: string | null
}

/** A form that is not saved yet. */
export interface DraftRow {
  record: string
  unit: string
  form: Form
  appointment: string | null
  entry: Entry
  attached: Attached[]
  keptMs: number
}

/** A photo, voice note or document; its bytes lie in `originals`. */
export interface PhotoRow {
  sha256: string
  bytes: number
  media: string
  source: 'camera' | 'album'
  captured: string
  hashed: string
  takenMs: number
  /** What the server has of it. */
  state: 'absent' | 'received' | 'durable'
  /** The original lies here. */
  kept: 0 | 1
  /** It lies here encrypted, for all that names it is of units that have ended. */
  sealed?: { iv: Uint8Array<ArrayBuffer> } | null
  /** An operation names it. */
  used: 0 | 1
  /** The path of its upload. */
  upload: string | null
  sent: number
  trouble: string | null
  /** The history of which the server was asked about it. */
  asked: string | null
  askedMs: number
}

/** An operation that names a photo. */
export interface UseRow {
  sha256: string
  device: string
  seq: number
  record: string
  unit: string
  field: string
}

/** The rows of each store. */
export interface Rows {
  meta: Meta[keyof Meta]
  devices: DeviceRow
  outbox: OutRow
  receipts: ReceiptRow
  receiptKeys: { id: string; publicKey: Uint8Array<ArrayBuffer> }
  records: RecordView
  units: UnitRow
  drafts: DraftRow
  photos: PhotoRow
  originals: Blob
  uses: UseRow
  thumbnails: Blob
}

/** A store's name. */
export type StoreName = keyof Rows

/** Of the schema below; a database of a higher one is a newer program's. */
export const SCHEMA_VERSION = 1

interface Made {
  keyPath?: string | string[]
  numbered?: boolean
  indexes?: Record<string, string | string[]>
}

/** Keys and indexes. */
export const INDEXES: Record<StoreName, Made> = {
  meta: {},
  devices: { keyPath: 'device' },
  outbox: {
    keyPath: ['device', 'seq'],
    indexes: { record: 'record', unit: 'unit', fate: 'fate', settled: 'settled', hidden: 'hidden' },
  },
  receipts: { numbered: true, indexes: { text: 'text' } },
  receiptKeys: { keyPath: 'id' },
  records: { keyPath: 'id', indexes: { unit: 'unit', kind: 'kind' } },
  units: { keyPath: 'unit' },
  drafts: { keyPath: 'record' },
  photos: { keyPath: 'sha256', indexes: { kept: 'kept' } },
  originals: {},
  uses: { keyPath: ['sha256', 'device', 'seq', 'field'], indexes: { record: 'record', sha256: 'sha256' } },
  thumbnails: {},
}

/** Every store. */
export const STORES = Object.keys(INDEXES) as StoreName[]
