/** The transparency log (section 12): proofs, checkpoints, and which log may follow on which. */

import sha256 from 'fast-sha256'
import { concat, fromBase64, fromHex, toHex, utf8 } from './bytes'
import { readLeaf } from './leaf'

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

/** The log that goes on, as reached from a remembered one. */
export interface Successor {
  vkey: string
  /** Its last checkpoint, read and as it was signed. */
  head: TreeHead
  note: string
  /** The remembered log: its number on the server, and where it ended. */
  ended: number
  end: TreeHead
}

/** The codes of what is not believed. */
export type Distrust = 'log_other_key' | 'log_shrunken' | 'log_inconsistent' | 'log_unnamed' | 'log_gone'

/** One of the server's logs, whose head its key signed and whose first leaf is the one it shows. */
async function openOrigin(verify: Verify, pinned: Uint8Array, origin: Origin) {
  const key = readable(() => readKey(origin.vkey).key)
  if (key === null || !same(key, pinned)) return 'log_other_key'
  const head = await openNote(verify, origin.vkey, origin.checkpoint)
  if (head === null) return 'log_other_key'
  const leaf = readable(() => fromHex(origin.opening))
  if (leaf === null) return 'log_unnamed'
  const isFirst = isIncluded(origin.proof.map(fromHex), 0, head.size, leafHash(leaf), fromHex(head.root))
  if (!isFirst) return 'log_inconsistent'
  const opening = readable(() => readLeaf(leaf))
  if (opening?.kind !== 0 || opening.says.origin !== head.origin) return 'log_unnamed'
  return { head, before: opening.says.before as TreeHead | null }
}

/** What is read; null where it cannot be. */
function readable<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/**
 * Walks from the last log back to that of `vkey`: every log is signed by the same key, begins with a leaf that names the
 * one before, and that one ended just there. A text where they are not believed: why.
 */
export async function follow(verify: Verify, vkey: string, origins: Origin[]): Promise<Successor | Distrust> {
  const pinned = readKey(vkey)
  const last = origins[origins.length - 1]
  if (last === undefined) return 'log_gone'
  const now = await openOrigin(verify, pinned.key, last)
  if (typeof now === 'string') return now
  let end = now.before
  for (const origin of origins.slice(0, -1).reverse()) {
    if (end === null) break
    const log = await openOrigin(verify, pinned.key, origin)
    if (typeof log === 'string') return log
    const { head } = log
    if (head.origin !== end.origin || head.size !== end.size || head.root !== end.root) break
    if (head.origin === pinned.name) {
      return { vkey: last.vkey, head: now.head, note: last.checkpoint, ended: origin.log, end }
    }
    end = log.before
  }
  return 'log_unnamed'
}
