/**
 * The phone: everything that screens may do. No screen touches `store/` or `sync/` otherwise.
 *
 * A phone is one member's installation in this browser: a device with its own key, an outbox of signed operations, a
 * replica of what the member may read, forms that are being filled in, and photos. All of it lies in one IndexedDB
 * database; what a promise of this interface says is saved is durable when it resolves. Nothing needs the network but
 * what says so.
 */

import type { PhoneError } from './phone/face/error'
import type { Attached, Draft, Entry, Form, IfMoved, Saved, Taking } from './phone/face/forms'
import type { Appointment, Lang, Unit } from './phone/face/people'
import type { Apart, HistoryLine, Photo, RecordFilter, RecordPage, RecordShown } from './phone/face/records'
import type { Hours, HoursLine, Running, Task } from './phone/face/service'
import type { Observable, PhoneState } from './phone/face/state'
import type { Outcome, PhoneEvent, Progress } from './phone/face/sync'

export { PhoneError } from './phone/face/error'
export type { Attached, Draft, Entry, Form, IfMoved, Saved, Taking } from './phone/face/forms'
export type { Appointment, Lang, MemberChoice, Person, Unit } from './phone/face/people'
export type {
  Apart,
  HistoryLine,
  Laid,
  Photo,
  PhotoCount,
  RecordFilter,
  RecordLine,
  RecordPage,
  RecordShown,
  Standing,
} from './phone/face/records'
export type { Hours, HoursLine, Running, Task } from './phone/face/service'
export type { Attention, LogState, Observable, PhoneState, Stage, Trouble } from './phone/face/state'
export type { Outcome, PhoneEvent, Progress } from './phone/face/sync'
export { open } from './phone/open'
export type { Catalogue, Field, Kind, Labels, Transition } from './protocol/catalogue'
export type { Act, Json } from './protocol/op'
export type { FieldView, ItemView, RecordView, ValueView } from './protocol/record'

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
