/** Every file of the conformance vectors, every case. A file that nothing here reads is a failure. */

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../src/protocol/bytes'
import type { Catalogue } from '../../src/protocol/catalogue'
import { beaconMessage, workOut } from '../../src/protocol/draw'
import { bodyHash, enrolMessage, genesis, headMessage, link } from '../../src/protocol/feed'
import { approvedValues, hoursDigest } from '../../src/protocol/hours'
import * as leaves from '../../src/protocol/leaf'
import * as log from '../../src/protocol/log'
import { contested, mergeOp } from '../../src/protocol/merge'
import type { Json } from '../../src/protocol/op'
import { type Fields, layOver } from '../../src/protocol/overlay'
import { receiptText } from '../../src/protocol/receipt'
import { judgeShape } from '../../src/protocol/shape'
import { element, tally } from '../../src/protocol/tally'
import { type StoredKey, sign, verify } from '../../src/store/keys'
import { checkCursors } from './cursors'

const FOLDER = new URL('../../../sync-protocol/vectors/', import.meta.url)

// biome-ignore lint/suspicious/noExplicitAny: the files have as many forms as there are files
type Vector = any

function flat(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      (Array.isArray(field) ? field : field.items).map(entry => entry.value),
    ]),
  )
}

/** A key of the vectors: only tweetnacl takes a seed. */
function seeded(vector: Vector): StoredKey {
  return { kind: 'software', seed: fromHex(vector.seed), publicKey: fromHex(vector.public_key) }
}

async function checkSignature(vector: Vector, one: Vector, key: string, message: Uint8Array<ArrayBuffer>) {
  for (const software of [false, true]) {
    const valid = await verify(fromHex(key), message, fromHex(one.signature), software)
    expect(valid, `${one.name}, ${software ? 'tweetnacl' : 'WebCrypto'}`).toBe(one.valid)
  }
  if (one.valid) expect(toHex(await sign(seeded(vector), message)), `${one.name}, signed here`).toBe(one.signature)
}

function counting(types: Record<string, string>) {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, hours: true }]))
}

const signed: log.Verify = (key, message, signature) => verify(key as never, message as never, signature as never, true)

function succession(found: log.Successor | log.Distrust) {
  if (typeof found === 'string') return { refused: found, end: null }
  return { refused: null, end: { log: found.ended, size: found.end.size, root: found.end.root } }
}

/** What a case of the log comes to, and what it should. */
async function logCase(one: Vector): Promise<[unknown, unknown]> {
  const hashes = (texts: string[]) => texts.map(fromHex)
  switch (one.about) {
    case 'leaf': {
      const data = fromHex(one.bytes)
      return [
        { ...leaves.readLeaf(data), hash: toHex(log.leafHash(data)) },
        { kind: one.kind, says: one.says, hash: one.hash },
      ]
    }
    case 'digest': {
      const data = leaves.content(one.values)
      const digest = toHex(leaves.rowDigest(one.kind, fromHex(one.salt), data))
      return [
        { content: toHex(data), digest },
        { content: one.content, digest: one.digest },
      ]
    }
    case 'root':
      return [toHex(log.rootOf(hashes(one.leaves))), one.root]
    case 'inclusion':
      return [
        log.isIncluded(hashes(one.proof), one.index, one.size, fromHex(one.leaf_hash), fromHex(one.root)),
        one.valid,
      ]
    case 'consistency':
      return [
        log.isConsistent(hashes(one.proof), one.from, fromHex(one.from_root), one.to, fromHex(one.to_root)),
        one.valid,
      ]
    case 'checkpoint':
      return [
        await log.openNote(signed, one.vkey, one.note),
        one.valid ? { origin: one.origin, size: one.size, root: one.root } : null,
      ]
    case 'succession':
      return [succession(await log.follow(signed, one.vkey, one.origins)), { refused: one.refused, end: one.end }]
    default:
      throw new Error(`nothing here reads ${one.about}`)
  }
}

const READERS: Record<string, (vector: Vector) => void | Promise<void>> = {
  'chain.json': vector => {
    for (const one of vector.cases) {
      let head = genesis(one.device)
      expect(head).toBe(one.genesis)
      for (const op of one.ops) {
        const body = bodyHash(op.text)
        head = link(head, body)
        expect([body, head], op.name).toEqual([op.body_hash, op.chain_hash])
      }
    }
  },
  'cursors.json': checkCursors,
  'draw.json': async vector => {
    for (const one of vector.cases) {
      const message = beaconMessage(one)
      expect(toHex(message), one.name).toBe(one.beacon_message)
      expect(await verify(fromHex(vector.public_key), message, fromHex(one.beacon), true), one.name).toBe(true)
      const { roster_hash, seed, drawn, observers, substitutes } = one
      const found = workOut(one, fromHex(one.beacon), one.roster)
      expect(found, one.name).toEqual({ roster_hash, seed, drawn, observers, substitutes })
    }
  },
  'hours.json': vector => {
    for (const one of vector.cases) {
      const kinds = { [one.kind]: { fields: counting(one.hours) } } as unknown as Catalogue['kinds']
      const catalogue = { version: 1, kinds } as Catalogue
      const shown = Object.fromEntries(
        Object.entries(one.values as Record<string, Json[]>).map(([name, values]) => [
          name,
          values.map((value, nth) => ({ value, dot: ['a device', nth + 1] as [string, number] })),
        ]),
      )
      const approved = approvedValues(catalogue, one.kind, shown, {})
      expect('contested' in approved, one.name).toBe(one.digest === null)
      if ('values' in approved) expect(hoursDigest(catalogue, one.kind, approved.values), one.name).toBe(one.digest)
    }
  },
  'log.json': async vector => {
    for (const one of vector.cases) {
      const [found, expected] = await logCase(one)
      expect(found, one.name).toEqual(expected)
    }
  },
  'merges.json': vector => {
    for (const one of vector.cases) {
      const fields: Fields = {}
      const clock: Record<string, number> = {}
      const ops = [...one.ops].sort((a: Vector, b: Vector) => a.pos - b.pos)
      for (const op of ops) mergeOp(fields, clock, op)
      expect(fields, one.name).toEqual(one.fields)
      expect(clock, one.name).toEqual(one.clock)
      expect(flat(fields), one.name).toEqual(one.values)
      expect(
        contested(fields, name => vector.types[name]),
        one.name,
      ).toEqual(one.contested)
    }
  },
  'overlay.json': vector => {
    for (const one of vector.cases) {
      const fields: Fields = one.base === null ? {} : structuredClone(one.base.fields)
      const covered = one.base?.clock[one.device] ?? 0
      const ops = [...one.ops].sort((a: Vector, b: Vector) => a.seq - b.seq)
      for (const op of ops) {
        if (op.seq > covered && op.verdict !== 'quarantined') layOver(fields, one.device, op)
      }
      expect(fields, one.name).toEqual(one.fields)
      expect(flat(fields), one.name).toEqual(one.values)
    }
  },
  'receipts.json': async vector => {
    for (const one of vector.cases) {
      const text = receiptText(one.device, one.lines)
      expect(text, one.name).toBe(one.text)
      await checkSignature(vector, one, vector.public_key, new TextEncoder().encode(text))
    }
  },
  'signatures.json': async vector => {
    for (const one of vector.cases) {
      await checkSignature(vector, one, one.public_key, headMessage(one.device, one.seq, one.hash))
    }
    const { device, member, message, signature } = vector.enrolment
    expect(toHex(enrolMessage(device, member))).toBe(message)
    expect(toHex(await sign(seeded(vector), enrolMessage(device, member)))).toBe(signature)
  },
  'tally.json': vector => {
    for (const one of vector.elements) expect(toHex(element(one.record, one.pos))).toBe(one.element)
    for (const one of vector.cases) expect(tally(one.held), one.name).toEqual(one.tally)
  },
  'verdicts.json': vector => {
    for (const one of vector.cases) {
      expect(judgeShape(one.text, vector.catalog)?.code ?? null, one.name).toBe(one.code)
    }
  },
}

describe('the conformance vectors', () => {
  for (const name of readdirSync(FOLDER)) {
    test(name, async () => {
      const check = READERS[name]
      if (check === undefined) throw new Error('nothing here reads this file')
      await check(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')))
    })
  }

  test('none is missing', () => {
    expect(readdirSync(FOLDER)).toEqual(expect.arrayContaining(Object.keys(READERS)))
  })
})
