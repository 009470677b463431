/** Records as a pull carries them (docs/PROTOCOL.md, section 5.3). */

import type { Json } from './op'

/** The operation that wrote a value. */
export type Dot = [device: string, seq: number]

/** One of a register's values. More than one are siblings. */
export interface ValueView {
  value: Json
  dot: Dot
  by?: string | null
  at?: number | null
}

/** An element of a set. */
export interface ItemView {
  value: Json
  dots: Dot[]
}

/** A register's values, the latest first, or a set's elements in order of their values. */
export type FieldView = ValueView[] | { items: ItemView[] }

/** A merged record as its reader may see it. */
export interface RecordView {
  id: string
  kind: string
  unit: string
  pos: number
  creator: string
  clock: Record<string, number>
  fields: Record<string, FieldView>
}
