/** The transparency log (section 12): leaves, proofs, checkpoints, and which log may follow on which. */

import sha256 from 'fast-sha256'
import { be64, concat, fromBase64, fromHex, toHex, utf8 } from './bytes'
import { idOf } from './id'

/** Checks an Ed25519 signature. Asked for, since only the store knows what this browser can do. */
export type Verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>

/** The head of a log: its origin, how many leaves, the root in hexadecimal. */
export interface TreeHead {
  origin: string
  size: number
  root: string
}

/** One of the server's logs, as `GET /v1/log/origins` has it. */
export interface Origin {
  log: number
  vkey: string
  opening: string
  proof: string[]
  checkpoint: string
}

/** The hash of a leaf's bytes (RFC 9162, section 2.1.1). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(concat(new Uint8Array([0]), leaf))
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(new Uint8Array([1]), left, right))
}

/** The root over hashes of leaves. */
export function rootOf(leaves: Uint8Array[]): Uint8Array {
  const [first] = leaves
  if (first === undefined) return sha256(new Uint8Array(0))
  if (leaves.length === 1) return first
  let half = 1
  while (2 * half < leaves.length) half *= 2
  return nodeHash(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

const same = (a: Uint8Array, b: Uint8Array) => toHex(a) === toHex(b)
const isOdd = (n: number) => n % 2 === 1
const halved = (n: number) => Math.floor(n / 2)

/** Whether a leaf is in a tree (RFC 9162, section 2.1.3.2). */
export function isIncluded(proof: Uint8Array[], index: number, size: number, leaf: Uint8Array, root: Uint8Array) {
  if (index >= size) return false
  let [node, last, found] = [index, size - 1, leaf]
  for (const step of proof) {
    if (last === 0) return false
    if (isOdd(node) || node === last) {
      found = nodeHash(step, found)
      while (node > 0 && !isOdd(node)) [node, last] = [halved(node), halved(last)]
    } else found = nodeHash(found, step)
    ;[node, last] = [halved(node), halved(last)]
  }
  return last === 0 && same(found, root)
}

/** Whether a tree begins with another (RFC 9162, section 2.1.4.2); every tree does with itself and with the empty one. */
export function isConsistent(proof: Uint8Array[], from: number, fromRoot: Uint8Array, to: number, toRoot: Uint8Array) {
  if (from > to) return false
  if (from === 0) return proof.length === 0
  if (from === to) return proof.length === 0 && same(fromRoot, toRoot)
  let power = 1
  while (power < from) power *= 2
  const [first, ...rest] = power === from ? [fromRoot, ...proof] : proof
  if (first === undefined) return false
  let [node, last] = [from - 1, to - 1]
  while (isOdd(node)) [node, last] = [halved(node), halved(last)]
  let [earlier, later] = [first, first]
  for (const step of rest) {
    if (last === 0) return false
    if (isOdd(node) || node === last) {
      earlier = nodeHash(step, earlier)
      later = nodeHash(step, later)
      while (node > 0 && !isOdd(node)) [node, last] = [halved(node), halved(last)]
    } else later = nodeHash(later, step)
    ;[node, last] = [halved(node), halved(last)]
  }
  return last === 0 && same(earlier, fromRoot) && same(later, toRoot)
}

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

/** Name, key id and key of a verifier key (C2SP signed-note); throws where it is none. */
export function readKey(vkey: string): { name: string; id: Uint8Array; key: Uint8Array } {
  const [name = '', id = '', ...encoded] = vkey.split('+')
  const data = fromBase64(encoded.join('+'))
  if (data?.length !== 33 || data[0] !== 1) throw new RangeError('not an Ed25519 key')
  const expected = sha256(concat(utf8(name), utf8('\n'), data)).slice(0, 4)
  if (toHex(expected) !== id) throw new RangeError("the key's id is another one")
  return { name, id: expected, key: data.slice(1) }
}

/** The head of a checkpoint that the key signed; null otherwise. */
export async function openNote(verify: Verify, vkey: string, note: string): Promise<TreeHead | null> {
  const { name, id, key } = readKey(vkey)
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return null
  const text = note.slice(0, split + 1)
  let signed = false
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [dash, by, encoded, more] = line.split(' ')
    const data = encoded === undefined ? null : fromBase64(encoded)
    if (dash !== '—' || data === null || more !== undefined) return null
    if (by !== name || !same(data.slice(0, 4), id)) continue
    if (!(await verify(key, utf8(text), data.slice(4)))) return null
    signed = true
  }
  const [origin, size = '', root = '', ...rest] = text.split('\n')
  if (!signed || origin !== name || rest.length < 1 || rest.slice(0, -1).includes('')) return null
  const head = fromBase64(root)
  if (!/^(0|[1-9][0-9]*)$/.test(size) || head?.length !== 32) return null
  return { origin, size: Number(size), root: toHex(head) }
}

/** Why the server's logs are not believed, or where the one of `vkey` ended. */
export async function follow(verify: Verify, vkey: string, origins: Origin[]) {
  const refused = (why: string) => ({ refused: why, end: null })
  const pinned = readKey(vkey)
  if (origins.length === 0) return refused('log_gone')
  let before: unknown
  for (const [nth, origin] of [...origins].reverse().entries()) {
    if (nth > 0 && before === null) return refused('log_unnamed')
    if (!same(readKey(origin.vkey).key, pinned.key)) return refused('log_other_key')
    const head = await openNote(verify, origin.vkey, origin.checkpoint)
    if (head === null) return refused('log_other_key')
    const leaf = fromHex(origin.opening)
    const isFirst = isIncluded(origin.proof.map(fromHex), 0, head.size, leafHash(leaf), fromHex(head.root))
    if (!isFirst) return refused('log_inconsistent')
    const { kind, says } = readLeaf(leaf)
    if (kind !== 0 || says.origin !== head.origin) return refused('log_unnamed')
    if (nth > 0) {
      const named = before as TreeHead
      const fits = named.origin === head.origin && named.size === head.size && named.root === head.root
      if (!fits) return refused('log_unnamed')
      if (head.origin === pinned.name)
        return { refused: null, end: { log: origin.log, size: head.size, root: head.root } }
    }
    before = says.before
  }
  return refused('log_unnamed')
}
