/** A transparency log of a few lines, for the scripted server: it signs, proves, and lies where a test wants it to. */

import sha256 from 'fast-sha256'
import nacl from 'tweetnacl'
import { be64, concat, toHex, utf8 } from '../../src/protocol/bytes'
import { leafHash, type Origin, rootOf } from '../../src/protocol/log'
import { type Asked, json, problem } from './answers'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const short = (text: string) => concat(new Uint8Array([text.length]), utf8(text))

interface Ended {
  origin: string
  leaves: Uint8Array[]
}

/** The log of one server's history. */
export class Notary {
  leaves: Uint8Array[] = []
  /** The logs that restores ended, the oldest first. */
  ended: Ended[] = []
  keys = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7))

  constructor(public origin: string) {
    this.leaves.push(this.opening(null))
  }

  private opening(before: Ended | null): Uint8Array {
    const said = concat(new Uint8Array([1, 0]), short(this.origin), be64(1))
    if (before === null) return concat(said, new Uint8Array([0]))
    const root = rootOf(before.leaves.map(leafHash))
    return concat(said, new Uint8Array([1]), short(before.origin), be64(before.leaves.length), root)
  }

  /** Seals so many more rows. */
  grow(rows: number, salt = 0): void {
    for (let nth = 0; nth < rows; nth++) {
      this.leaves.push(concat(new Uint8Array([1, 4, 1, nth]), new Uint8Array(32).fill(salt)))
    }
  }

  /** A restore to where the log had `size` leaves: another log, which names this one unless it is not `named`. */
  restore(origin: string, size: number, named = true): void {
    const before = { origin: this.origin, leaves: this.leaves.slice(0, size) }
    this.ended.push(before)
    this.origin = origin
    this.leaves = [this.opening(named ? before : null)]
  }

  vkey(origin = this.origin): string {
    const key = concat(new Uint8Array([1]), this.keys.publicKey)
    const id = sha256(concat(utf8(`${origin}\n`), key)).slice(0, 4)
    return `${origin}+${toHex(id)}+${base64(key)}`
  }

  note({ origin, leaves }: Ended = this): string {
    const text = `${origin}\n${leaves.length}\n${base64(rootOf(leaves.map(leafHash)))}\nat 1\nafter 0\n`
    const key = concat(new Uint8Array([1]), this.keys.publicKey)
    const id = sha256(concat(utf8(`${origin}\n`), key)).slice(0, 4)
    return `${text}\n— ${origin} ${base64(concat(id, nacl.sign.detached(utf8(text), this.keys.secretKey)))}\n`
  }

  private origins(): Origin[] {
    const logs = [...this.ended, { origin: this.origin, leaves: this.leaves }]
    return logs.map((log, nth) => ({
      log: nth + 1,
      vkey: this.vkey(log.origin),
      opening: toHex(log.leaves[0] ?? new Uint8Array()),
      proof: inclusionOfFirst(log.leaves.map(leafHash)).map(toHex),
      checkpoint: this.note(log),
    }))
  }

  /** Answers a request to `/v1/log/`. */
  answer({ path }: Asked): Response {
    const url = new URL(path, 'http://log')
    if (url.pathname === '/v1/log/checkpoint') return new Response(this.note())
    if (url.pathname === '/v1/log/origins') return json({ origins: this.origins() })
    const number = (name: string) => Number(url.searchParams.get(name) ?? 0)
    const log = number('log') === 0 ? this : this.ended[number('log') - 1]
    const [from, to] = [number('from'), number('to')]
    if (log === undefined || to > log.leaves.length) return problem(404, 'not_found')
    const proof = consistency(from, log.leaves.slice(0, to).map(leafHash), true)
    return json({ origin: log.origin, from, to, proof: proof.map(toHex) })
  }
}

function half(count: number): number {
  let power = 1
  while (2 * power < count) power *= 2
  return power
}

/** RFC 9162, section 2.1.3.1, for leaf 0. */
function inclusionOfFirst(hashes: Uint8Array[]): Uint8Array[] {
  if (hashes.length < 2) return []
  const cut = half(hashes.length)
  return [...inclusionOfFirst(hashes.slice(0, cut)), rootOf(hashes.slice(cut))]
}

/** RFC 9162, section 2.1.4.1. */
function consistency(from: number, hashes: Uint8Array[], isWhole: boolean): Uint8Array[] {
  if (from === hashes.length) return isWhole ? [] : [rootOf(hashes)]
  const cut = half(hashes.length)
  const [left, right] = [hashes.slice(0, cut), hashes.slice(cut)]
  if (from <= cut) return [...consistency(from, left, isWhole), rootOf(right)]
  return [...consistency(from - cut, right, false), rootOf(left)]
}
