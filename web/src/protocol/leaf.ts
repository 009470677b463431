/** The leaves of the transparency log, and the digests of rows that they hold (section 12). */

import sha256 from 'fast-sha256'
import { be64, concat, fromHex, toHex, utf8 } from './bytes'
import { idOf } from './id'

class Reader {
  constructor(public rest: Uint8Array) {}

  take(count: number): Uint8Array {
    if (count > this.rest.length) throw new RangeError('the leaf ends too early')
    const taken = this.rest.slice(0, count)
    this.rest = this.rest.slice(count)
    return taken
  }

  byte(): number {
    return this.take(1)[0] ?? 0
  }

  number(): number {
    return this.take(8).reduce((all, byte) => all * 256 + byte, 0)
  }

  short(): Uint8Array {
    return this.take(this.byte())
  }

  text(): string {
    return new TextDecoder().decode(this.short())
  }

  hex(count: number): string {
    return toHex(this.take(count))
  }
}

const FATES = ['accepted', 'held', 'quarantined']

/** A leaf's kind and what it says; throws where it is none. */
export function readLeaf(data: Uint8Array): { kind: number; says: Record<string, unknown> } {
  const reader = new Reader(data)
  if (reader.byte() !== 1) throw new RangeError('another version')
  const kind = reader.byte()
  const says: Record<string, unknown> = {}
  if (kind === 0) {
    Object.assign(says, { origin: reader.text(), opened: reader.number(), before: null })
    const flag = reader.byte()
    if (flag === 1) says.before = { origin: reader.text(), size: reader.number(), root: reader.hex(32) }
    else if (flag !== 0) throw new RangeError('neither with nor without a log before')
  } else if (kind === 1 || kind === 2) {
    Object.assign(says, { device: idOf(reader.take(16)), seq: reader.number() })
    if (kind === 1) Object.assign(says, { hash: reader.hex(32), arrival: reader.number() })
    else Object.assign(says, { number: reader.number(), at: reader.number() })
    const fate = FATES[reader.byte()]
    if (fate === undefined) throw new RangeError('no such fate')
    Object.assign(says, { fate, code: reader.text(), digest: reader.hex(32) })
  } else if (kind >= 3 && kind <= 6) {
    Object.assign(says, { id: toHex(reader.short()), digest: reader.hex(32) })
  } else throw new RangeError('no such kind')
  if (reader.rest.length > 0) throw new RangeError('the leaf is too long')
  return { kind, says }
}

/** A value of a row as the vectors write it. */
export type RowValue = { integer: number } | { text: string } | { bytes: string } | null

/** What is hashed of a row. */
export function content(values: RowValue[]): Uint8Array {
  const parts = values.flatMap(value => {
    if (value === null) return [new Uint8Array([255, 255, 255, 255])]
    const data = 'integer' in value ? be64(value.integer) : 'text' in value ? utf8(value.text) : fromHex(value.bytes)
    return [be64(data.length).slice(4), data]
  })
  return concat(...parts)
}

/** The digest of a row under its salt. */
export function rowDigest(kind: number, salt: Uint8Array, data: Uint8Array): Uint8Array {
  return sha256(concat(utf8('wuyuan-sealed-v1'), new Uint8Array([kind]), salt, data))
}
