/** Records as screens show them, with their photos and their history. */

import type { components } from '../../api/types'
import type { Json } from '../../protocol/op'
import type { FieldView, RecordView } from '../../protocol/record'
import type { Appointment } from './people'

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

/** One operation of a record's history, as the server tells it. */
export type HistoryLine = components['schemas']['OpLine']
