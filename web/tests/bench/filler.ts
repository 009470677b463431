/** Thousands of records of one member, pushed as a phone pushes them, so that another phone has them to show. */

import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { toBase64Url } from '../../src/protocol/bytes'
import { bodyHash, enrolMessage, genesis, headMessage, link, SUITE } from '../../src/protocol/feed'
import { uuidV7 } from '../../src/protocol/id'
import { opText } from '../../src/protocol/op'
import { renderInstant } from '../../src/protocol/value'
import type { Caller } from '../browser/server'

/** Operations in one push. */
const PUSH = 250

interface Config {
  generation: string
  catalog: number
}

/** Pushes so many photo reports of the caller in the community of one of his appointments. */
export async function fill(caller: Caller, count: number): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signed = (message: Uint8Array) => toBase64Url(sign(null, message, privateKey))
  const device = randomUUID()
  const me = await caller.get<{ id: string }>('/v1/me')
  const config = await caller.get<Config>('/v1/config')
  await caller.send('POST', '/v1/devices', {
    id: device,
    label: 'bench',
    suite: SUITE,
    key_storage: 'software',
    public_key: publicKey.export({ format: 'jwk' }).x,
    proof: signed(enrolMessage(device, me.id)),
  })
  const appointment = caller.appointments[0]
  let hash = genesis(device)
  for (let seq = 1; seq <= count; seq += PUSH) {
    const base = { seq: seq - 1, hash }
    const ops: string[] = []
    for (let at = seq; at < Math.min(seq + PUSH, count + 1); at++) {
      const text = opText({
        seq: at,
        salt: randomBytes(16).toString('hex'),
        gen: config.generation,
        cat: config.catalog,
        by: me.id,
        as: appointment?.id ?? '',
        at: renderInstant(Date.now(), 480),
        boot: 'bench',
        uptime_ms: at,
        record: uuidV7(randomBytes(16), Date.now() - (count - at) * 60_000),
        kind: 'photo_report',
        unit: appointment?.unit ?? '',
        set: {
          channel: 'app',
          interest: 'accessibility',
          title: `第 ${at} 处盲道被占`,
          description: '电动车停在盲道上',
        },
        act: { name: 'submit' },
      })
      ops.push(text)
      hash = link(hash, bodyHash(text))
    }
    const last = base.seq + ops.length
    const head = { base, sig: signed(headMessage(device, last, hash)), boot: 'bench', uptime_ms: last }
    // The texts go as they were written: what is signed is their bytes.
    const push = JSON.stringify({ ...head, sent_at: Date.now() }).replace(/}$/, `,"ops":[${ops.join(',')}]}`)
    const answer = await caller.sendText<{ verdicts: { fate: string }[] }>(
      'POST',
      '/v1/sync',
      `{"device":"${device}","push":${push}}`,
    )
    const refused = answer.verdicts.filter(one => one.fate !== 'accepted')
    if (refused.length > 0) throw new Error(JSON.stringify(refused[0]))
  }
}
