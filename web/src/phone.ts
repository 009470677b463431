/**
 * The phone: everything that screens may do. No screen touches `store/` or `sync/` otherwise.
 *
 * A phone is one member's installation in this browser: a device with its own key, an outbox of signed operations, a
 * replica of what the member may read, forms that are being filled in, and photos. All of it lies in one IndexedDB
 * database; what a promise of this interface says is saved is durable when it resolves. Nothing needs the network but
 * what says so.
 */

import type { components } from './api/types'
import type { Catalogue } from './protocol/catalogue'
import type { Distrust } from './protocol/log'
import type { Act, Json, OpName } from './protocol/op'
import type { FieldView, RecordView } from './protocol/record'

export { open } from './phone/open'
export type { Catalogue, Field, Kind, Labels, Transition } from './protocol/catalogue'
export type { FieldView, ItemView, RecordView, ValueView } from './protocol/record'
export type { Act, Json }

/** A language of the screens. */
export type Lang = 'zh-Hans' | 'zh-Hant' | 'en'

/** A value that changes, and tells who listens. */
export interface Observable<T> {
  get(): T
  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: (value: T) => void): () => void
}

/** A member as the server names one. */
export interface Person {
  id: string
  number: string
  name: string
}

/** A role in a unit for a time; `id` is an operation's `as`. */
export interface Appointment {
  id: string
  role: string
  unit: string
  /** First moment, ms since 1970. */
  starts_ms: number
  /** First moment after it, ms; absent: open. */
  ends_ms?: number | null
}

/** A unit of the grid as a choice, and the caller's roles there: none for one that is only above. */
export type Unit = components['schemas']['UnitEntry']

/** A member as a choice; one entry for each unit in which he is appointed. */
export type MemberChoice = components['schemas']['MemberEntry']

/** How far this installation is. */
export type Stage =
  /** Nobody has signed in here. */
  | 'empty'
  /** Signed in: everything works. */
  | 'ready'
  /** The sign-in has run out: recording works, syncing waits for a password. */
  | 'sign_in'
  /** All appointments have ended: only delivering is possible. */
  | 'push_only'

/** What keeps the phone from syncing until somebody acts. */
export type Trouble =
  /** The sign-in has run out. */
  | 'sign_in'
  /** This phone was restored or copied: a fresh sign-in is needed, then it goes on by itself. */
  | 'feed_forked'
  /** The server asks for operations whose text is gone; the next sync goes on by itself. */
  | 'feed_lost'
  /** Another member's device bears this one's id; the next sync goes on by itself. */
  | 'device_taken'

/** Something that a person must look at. */
export interface Attention {
  /** A stable code: a verdict's, a photo's, one of the log that is not believed, or one of `unsent_days`, `unit_diverged`, `overlap`, `no_check_out`, `lost`. */
  code: string
  /** What it is about. */
  record?: string
  kind?: string
  unit?: string
  photo?: string
  /** What was wrong and what to do, in one plain sentence, in the present language. */
  text: string
}

/** The server's transparency log, as this phone has watched it. */
export interface LogState {
  /** The log that was last believed, how many entries it had, and when it was last looked at, ms by this phone's clock. */
  origin: string
  size: number
  checkedMs: number
  /** What was not believed, since when, and what the server had said; it stays. */
  warning: { code: Distrust; sinceMs: number; evidence: string } | null
  /** Restores that the server named, the oldest first: how many sealed entries each lost, and when it was heard of. */
  restores: { origin: string; before: string; lost: number; atMs: number }[]
}

/** How everything stands. */
export interface PhoneState {
  stage: Stage
  signedIn: boolean
  member: Person | null
  appointments: Appointment[]
  units: Unit[]
  members: MemberChoice[]
  catalogue: Catalogue | null
  /** Saves that are in no push yet. */
  waiting: number
  /** Saves that were sent and have no verdict yet, and those that the server holds until something else arrives. */
  sent: number
  held: number
  /** A sync is under way. */
  sending: boolean
  /** Photos whose bytes have not arrived, of all that are kept here. */
  photosWaiting: number
  photosTotal: number
  /** For how long the oldest unsent save or photo has waited, ms; null: nothing waits. */
  oldestWaitingMs: number | null
  /** When the server last answered, ms since 1970 by this phone's clock. */
  lastSync: number | null
  /** How the last sync ended; null before the first. */
  lastOutcome: Outcome | null
  attention: Attention[]
  lang: Lang
  /** The browser has promised not to throw this data away. */
  persisted: boolean
  /** Free space that the browser grants, bytes; null: it does not say. */
  freeBytes: number | null
  /** By how much the server's clock is ahead of this phone's, ms; null before the first sync. */
  clockOffsetMs: number | null
  trouble: Trouble | null
  /** null: none has been seen yet. */
  log: LogState | null
  /** The device that writes now, and where its key lies. */
  device: { id: string; label: string; keyStorage: 'non_extractable' | 'software' } | null
}

/** How a sync ended. */
export type Outcome =
  | { kind: 'up_to_date' }
  /** Not now: it is tried again by itself after `afterMs`. */
  | { kind: 'wait'; code: string; afterMs: number; text: string }
  /** Somebody must sign in; everything recorded is kept. */
  | { kind: 'sign_in'; trouble: Trouble; text: string }
  /** The same again would be refused again: somebody must look at it. */
  | { kind: 'stopped'; code: string; text: string }

/** How far a sync is. */
export interface Progress {
  phase: 'connecting' | 'sending' | 'fetching' | 'photos'
  /** Saves or photos that have gone, of how many. */
  done: number
  total: number
  /** Bytes of the photo that is being sent. */
  photo?: { sha256: string; sent: number; bytes: number }
}

/** How a record stands, for people: the first that applies. */
export type Standing =
  /** A form that is not saved yet: 草稿. */
  | 'draft'
  /** Saved here, not delivered: 待同步. */
  | 'waiting'
  /** Delivered, waiting on the server for something else. */
  | 'held'
  /** A save was not accepted and is kept apart: 未被接收. */
  | 'refused'
  /** Differing values wait for a decision: 冲突待处理. */
  | 'conflict'
  /** Returned to its author: 已退回. */
  | 'returned'
  /** Its hours are approved, and own ones are in the ledger: 已入账. */
  | 'posted'
  /** The server has it: 已接收. */
  | 'received'

/** How many photos have arrived. */
export interface PhotoCount {
  delivered: number
  total: number
  /** Those that are not sent until somebody acts. */
  trouble: number
}

/** A record in a list. */
export interface RecordLine {
  id: string
  kind: string
  unit: string
  /** When it was made, ms since 1970 by the clock of the phone that made it. */
  madeMs: number
  /** The member who made it; null: a draft. */
  creator: string | null
  /** Made by this phone's member. */
  mine: boolean
  standing: Standing
  /** The workflow's state as shown; several where it is contested. */
  states: string[]
  photos: PhotoCount
  /** The fields as shown. */
  fields: Record<string, FieldView>
}

/** Which records. */
export interface RecordFilter {
  kind?: string
  mine?: boolean
  /** Only those that stand so. */
  standing?: Standing[]
  /** Any text value contains this. */
  text?: string
  /** At most so many (50). */
  limit?: number
  /** The `next` of the page before. */
  after?: string
}

/** A page of records, the newest first. */
export interface RecordPage {
  lines: RecordLine[]
  next: string | null
}

/** An own operation that the record as pulled does not contain yet. */
export interface Laid {
  device: string
  seq: number
  sent: boolean
  fate: 'accepted' | 'held' | null
  at: string
}

/** An own operation that was not accepted: shown apart, without effect. */
export interface Apart {
  device: string
  seq: number
  record: string
  kind: string
  code: string
  /** The wording of the code, in the present language. */
  text: string
  arrivalMs: number | null
  at: string | null
  set: Record<string, Json>
}

/** A record as shown. */
export interface RecordShown extends RecordLine {
  /** The record with the own operations laid over it. */
  record: RecordView
  /** The server has sent it; else it is known from here alone. */
  pulled: boolean
  /** Registers with differing values that wait for a decision. */
  contested: string[]
  laid: Laid[]
  apart: Apart[]
  /** What this member may do with it now, by appointment; none: only read. */
  open: { appointment: Appointment; writable: string[]; transitions: string[] }[]
}

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

/** A service that has begun and not ended. It survives restarts and reboots. */
export interface Running {
  record: string
  kind: string
  unit: string
  /** RFC 3339, as the phone's clock said. */
  startedAt: string
  /** ms since 1970 of the same. */
  startedMs: number
  /** For how long it has run, ms; by the clock that does not jump where there is one. */
  forMs(): number
  /** Over 12 hours: the check-out was forgotten, most likely. */
  long: boolean
}

/** A photo of a record, here or on the server. */
export interface Photo {
  sha256: string
  field: string
  media: string
  bytes: number
  state: 'absent' | 'received' | 'durable'
  /** Bytes that the server is known to have. */
  sent: number
  /** Why it is not sent, as a code and in words. */
  trouble: { code: string; text: string } | null
  /** The original, while it is kept here. Make an object URL of it, or ask `thumbnail`. */
  original: Blob | null
}

/** Own hours. */
export interface Hours {
  /** Approved by the server's record, minutes, by ledger. */
  confirmed: Record<string, number>
  /** Claimed and not approved yet, minutes, by ledger. */
  pending: Record<string, number>
  sessions: HoursLine[]
  /** When the server's ledger was last asked, ms by this phone's clock; null: never, and `confirmed` is what records say. */
  asOfMs: number | null
}

/** One session in the own hours. */
export interface HoursLine {
  record: string
  kind: string
  ledger: string
  startedMs: number | null
  endedMs: number | null
  minutes: number | null
  confirmed: boolean
  standing: Standing
}

/** Something to do. */
export interface Task {
  /** `returned`: put it right; `draft`: begun and not submitted; `check_out`: never ended; `assigned`: named in it; `decide`: differing values of an own record. */
  kind: 'returned' | 'draft' | 'check_out' | 'assigned' | 'decide'
  line: RecordLine
}

/** One operation of a record's history, as the server tells it. */
export type HistoryLine = components['schemas']['OpLine']

/** What happens to a phone. */
export type PhoneEvent =
  | { kind: 'records' }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'outcome'; outcome: Outcome }
  /** A unit or everything has ended for this member; what was pulled of it is gone. */
  | { kind: 'ended'; units: string[] }
  /** The key was made, the phone is enrolled. */
  | { kind: 'enrolled' }

/** Why something is not done. `text` says what was wrong and what to do, in the present language. */
export class PhoneError extends Error {
  /**
   * @param code stable
   * @param text for people
   * @param place the field or transition that it is about
   * @param detail further facts, by code: `base_moved` has `now: RecordShown | null`, `too_large` has `bytes`, `limit`
   *   and `fields`, `undelivered` has `saves` and `photos`, a server's problem has `request_id`
   */
  constructor(
    readonly code: string,
    readonly text: string,
    readonly place: string | null = null,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(`${code}: ${text}`)
    this.name = 'PhoneError'
  }
}

/** The phone. */
export interface Phone {
  state(): Observable<PhoneState>
  on(listener: (event: PhoneEvent) => void): () => void
  setLang(lang: Lang): Promise<void>

  /** Signs in for the first time with a one-time code and sets the password. Needs the network. */
  activate(given: { number: string; code: string; password: string; label: string }): Promise<void>
  /** Signs in. On a phone that has a member, only he can. Needs the network. */
  signIn(given: { number: string; password: string; label: string; totp?: string }): Promise<void>
  /**
   * Delivers what is pending, signs out and removes everything here. Refuses (`undelivered`) while something is not
   * delivered, unless it is told to lose it: offer `export` first.
   */
  signOut(given?: { loseUndelivered?: boolean }): Promise<void>

  /** Syncs, or joins the sync that is under way. Network and server troubles are outcomes, not errors. */
  sync(given?: { onProgress?: (progress: Progress) => void }): Promise<Outcome>
  /** Syncs by itself from now on: at once, when the network comes back, after saves, and again after every wait. */
  keepSyncing(on: boolean): void
  /** An encrypted file of all that is not delivered; see docs/EXPORT.md. */
  export(password: string): Promise<Blob>
  /** Asks the browser not to throw this data away. Call it from a tap. */
  askPersistence(): Promise<boolean>

  records(filter: RecordFilter): Promise<RecordPage>
  view(record: string): Promise<RecordShown | null>
  /** Needs the network. */
  history(record: string): Promise<HistoryLine[]>

  /** Kinds that this member may create now, with the appointment in which he may and the units that it covers. */
  creatable(): { kind: string; appointment: Appointment; units: Unit[] }[]
  newForm(kind: string, unit: string): Promise<Form>
  /** The form of a record as it is shown now; null when there is no such record here. */
  openForm(record: string): Promise<Form | null>
  /** Keeps what was filled in so far, durably. */
  keepDraft(form: Form, entry: Entry, given?: { appointment?: string; attached?: Attached[] }): Promise<void>
  /** The form in which a refused save is put right: filled in as it was, kept as a draft. null: its text is gone. */
  reopen(apart: Apart): Promise<Draft | null>
  drafts(): Promise<Draft[]>
  draft(record: string): Promise<Draft | null>
  dropDraft(record: string): Promise<void>
  /** Hashes a file and keeps it, durably, before anything names it. One that no draft and no save names goes after a day. */
  takeIn(form: Form, taking: Taking): Promise<Attached>
  /** What a save would be refused for, without saving: the first reason, or null. */
  check(form: Form, appointment: string, entry: Entry, attached: Attached[]): Promise<PhoneError | null>
  /** Saves: durable when it resolves, sent at the next sync. */
  save(form: Form, appointment: string, entry: Entry, attached: Attached[], ifMoved: IfMoved): Promise<Saved>

  /** The running service, if there is one. */
  running(): Promise<Running | null>
  /**
   * Begins a service: saves a record of `kind` with `started_at` now and what else is given. One at a time
   * (`running_already`).
   */
  start(kind: string, unit: string, appointment: string, entry: Entry): Promise<Running>
  /**
   * Opens the form that ends it, with `ended_at` now and `claimed_minutes` filled in as a draft; save it like any
   * other. The clock stops when it is saved.
   */
  stop(): Promise<Draft>
  /** Forgets the running clock without ending the record. */
  forgetRunning(): Promise<void>

  /** The photos of a record that this phone knows of. */
  photos(record: string): Promise<Photo[]>
  /** A small picture, from the original here or from the server; null: none can be had now. */
  thumbnail(sha256: string, size: 160 | 320 | 640 | 1280): Promise<Blob | null>
  /** Has photos that were given up tried again at the next sync. */
  retryPhotos(): Promise<void>

  hours(): Promise<Hours>
  tasks(): Promise<Task[]>
  /** Own sessions whose times overlap with one from `startedMs` to `endedMs`, `record` itself left out. */
  overlaps(record: string, startedMs: number, endedMs: number): Promise<HoursLine[]>

  /** The words of a code, in the present language. */
  words(code: string): string
  /** Stops timers and closes the database. */
  close(): void
}
