/**
 * A server of a few lines that takes everything, and whose next answers a test may write itself. It signs receipts, so
 * that what a phone takes is what it would take of the real one.
 */

import { readFileSync } from 'node:fs'
import nacl from 'tweetnacl'
import { fromBase64Url, toBase64Url, utf8 } from '../../src/protocol/bytes'
import { bodyHash, genesis, headMessage, link } from '../../src/protocol/feed'
import { receiptText, type VerdictLine } from '../../src/protocol/receipt'
import { tally } from '../../src/protocol/tally'
import type { Fetch } from '../../src/sync/transport'
import { type Asked, json, opTexts, problem, type Script } from './answers'

const VERDICTS = new URL('../../../sync-protocol/vectors/verdicts.json', import.meta.url)

export const MEMBER = '01970000-0000-7000-8000-00000000a001'
export const APPOINTMENT = '01970000-0000-7000-8000-00000000a002'
export const UNIT = '350111001026'

/** One operation's text and what the chain says of it. */
interface Stored {
  text: string
  hash: string
  chain: string
}

/** The server. */
export class Scripted {
  readonly asked: Asked[] = []
  generation = 'g1'
  tokens = 0
  /** Its transparency log; null: it has none. */
  log: { vkey(): string; answer(asked: Asked): Response } | null = null
  feeds = new Map<string, { key: Uint8Array<ArrayBuffer> | null; ops: Stored[]; closed: boolean; durable: number }>()
  /** What a pull brings, by unit; taken once. */
  pages: Record<string, unknown>[] = []
  ended: string[] = []
  private hasUnit = true
  /** Fates of operations by what their text contains. */
  refuse: [contains: string, fate: VerdictLine['fate'], code: string][] = []
  postings: { number: number; session: string; minutes: number; ledger: string }[] = []
  blobs = new Map<string, 'received' | 'durable'>()
  uploads = new Map<string, { sha256: string; length: number; offset: number }>()
  private scripts: [path: string, script: Script][] = []
  private readonly keys = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(9))
  private readonly catalogue = JSON.parse(readFileSync(VERDICTS, 'utf8')).catalog

  /** Has the next request whose path begins so answered by a script. */
  next(path: string, script: Script): void {
    this.scripts.push([path, script])
  }

  /** Has all of them answered so. */
  always(path: string, script: Script): void {
    const again: Script = asked => {
      this.scripts.unshift([path, again])
      return script(asked)
    }
    this.next(path, again)
  }

  /** Forgets all scripts. */
  plain(): void {
    this.scripts = []
  }

  /** The requests to a path. */
  to(path: string): Asked[] {
    return this.asked.filter(one => one.path.startsWith(path))
  }

  readonly fetch: Fetch = async (input, init) => {
    const headers = init.headers as Record<string, string>
    let bytes: Blob | null = null
    let text = ''
    if (init.body instanceof Blob) {
      bytes = init.body
      const stream =
        headers['content-encoding'] === 'gzip' ? bytes.stream().pipeThrough(new DecompressionStream('gzip')) : null
      if (stream !== null) text = await new Response(stream).text()
    } else if (typeof init.body === 'string') text = init.body
    const asked: Asked = {
      method: init.method ?? 'GET',
      path: input,
      token: headers.authorization?.replace('Bearer ', '') ?? null,
      headers,
      body: text === '' ? null : JSON.parse(text),
      bytes,
    }
    Object.defineProperty(asked, 'text', { value: text })
    this.asked.push(asked)
    const at = this.scripts.findIndex(([path]) => input.startsWith(path))
    if (at >= 0) {
      const [[, script]] = this.scripts.splice(at, 1) as [[string, Script]]
      const said = await script(asked)
      if (said !== undefined) return said
    }
    return this.answer(asked, text)
  }

  private session(): Response {
    this.tokens++
    return json({
      access_token: `access-${this.tokens}`,
      refresh_token: `refresh-${this.tokens}`,
      expires_in: 900,
      scope: 'full',
      member: { id: MEMBER, number: 'D0004', name: '演示·某' },
      appointments: [{ id: APPOINTMENT, role: 'volunteer', unit: UNIT, starts_ms: 0 }],
    })
  }

  private answer(asked: Asked, text: string): Response {
    const { path } = asked
    if (path.startsWith('/v1/auth/sign-out')) return json({})
    if (path.startsWith('/v1/auth/')) return this.session()
    if (path === '/v1/config') return json(this.config())
    if (path === '/v1/catalog') return json(this.catalogue, 200, { etag: '"1"' })
    if (path.startsWith('/v1/hours/postings')) {
      const after = Number(/after=(\d+)/.exec(path)?.[1] ?? 0)
      return json({ position: this.postings.length, postings: this.postings.filter(one => one.number > after) })
    }
    if (path.startsWith('/v1/hours')) {
      const minutes = this.postings.reduce((sum, one) => sum + one.minutes, 0)
      const totals = [{ ledger: 'volunteer', confirmed: { minutes, postings: this.postings.length }, pending: {} }]
      return json({ position: this.postings.length, totals, more: false })
    }
    if (path === '/v1/directory') {
      return json({ units: [{ code: UNIT, name: '站前', level: 'community', roles: ['volunteer'] }], members: [] })
    }
    if (path === '/v1/devices') {
      this.enrol(asked.body.id, fromBase64Url(asked.body.public_key))
      return json({})
    }
    if (path.startsWith('/v1/log/') && this.log !== null) return this.log.answer(asked)
    if (path.startsWith('/v1/devices/')) return this.chain(path)
    if (path === '/v1/sync') return this.sync(asked, text)
    if (path === '/v1/blobs/status') {
      const state = (sha256: string) => ({ sha256, state: this.blobs.get(sha256) ?? 'absent' })
      return json({ blobs: asked.body.hashes.map(state) })
    }
    if (path.startsWith('/v1/blobs')) return this.tus(asked)
    return problem(404, 'route_unknown')
  }

  config(): object {
    const limits = {
      body_bytes: 4_000_000,
      inflated_bytes: 16_000_000,
      push_ops: 500,
      op_bytes: 65_536,
      page_records: 1000,
      page_bytes: 1_000_000,
      units: 100,
      blob_bytes: 30_000_000,
      voice_bytes: 8_000_000,
    }
    const key = { id: 'k1', suite: 'ed25519-sha256', public_key: toBase64Url(this.keys.publicKey) }
    return {
      generation: this.generation,
      catalog: 1,
      server_time: Date.now(),
      limits,
      blob_media: [],
      ...(this.log === null ? {} : { log_vkey: this.log.vkey() }),
      receipt_keys: [key],
    }
  }

  enrol(device: string, key: Uint8Array<ArrayBuffer> | null): void {
    const known = this.feeds.get(device)
    this.feeds.set(device, { ops: [], closed: false, durable: 0, ...known, key })
  }

  private chain(path: string): Response {
    const [, device, seq] = /devices\/([^/]+)\/chain\?from=(\d+)/.exec(path) ?? []
    const feed = this.feeds.get(device ?? '')
    if (feed === undefined) return problem(404, 'device_unknown')
    const op = feed.ops[Number(seq) - 1]
    return json({ chain: op === undefined ? [] : [{ seq: Number(seq), hash: op.chain }] })
  }

  head(device: string): { seq: number; hash: string } {
    const ops = this.feeds.get(device)?.ops ?? []
    return { seq: ops.length, hash: ops[ops.length - 1]?.chain ?? genesis(device) }
  }

  private line(device: string, seq: number): VerdictLine {
    const op = this.feeds.get(device)?.ops[seq - 1]
    const refused = this.refuse.find(([contains]) => op?.text.includes(contains))
    const hash = op?.hash ?? ''
    if (refused === undefined) return { seq, hash, fate: 'accepted', arrival: 1000 + seq }
    return { seq, hash, fate: refused[1], code: refused[2], arrival: 1000 + seq }
  }

  /** What is signed over lines. */
  receipt(device: string, lines: VerdictLine[]): { key: string; sig: string } {
    const sig = nacl.sign.detached(utf8(receiptText(device, lines)), this.keys.secretKey)
    return { key: 'k1', sig: toBase64Url(sig) }
  }

  private sync(asked: Asked, text: string): Response {
    const { device, push, held, pull } = asked.body
    const feed = this.feeds.get(device)
    if (feed === undefined) return problem(404, 'device_unknown')
    const verdicts: VerdictLine[] = []
    if (push !== undefined) {
      const refused = this.push(device, push, opTexts(text, push.ops.length))
      if (refused !== null) return refused
      for (let nth = 1; nth <= push.ops.length; nth++) verdicts.push(this.line(device, push.base.seq + nth))
    }
    const resolved = (held ?? []).map((seq: number) => this.line(device, seq))
    const lines = [...verdicts, ...resolved]
    return json({
      generation: this.generation,
      server_time: Date.now(),
      catalog: 1,
      feed: { head: this.head(device), durable_seq: feed.durable, closed: feed.closed },
      verdicts,
      resolved,
      ...(lines.length === 0 ? {} : { receipt: this.receipt(device, lines) }),
      ...(pull === undefined ? {} : this.pull()),
      more: false,
    })
  }

  private pull(): object {
    const ended = this.ended.splice(0)
    if (ended.length > 0) this.hasUnit = false
    const units = this.pages.length > 0 ? this.pages.splice(0) : [{ unit: UNIT }]
    return { ended, units: this.hasUnit ? units : [] }
  }

  private push(device: string, push: Asked['body'], texts: string[]): Response | null {
    const feed = this.feeds.get(device)
    if (feed === undefined) return problem(404, 'device_unknown')
    if (feed.closed) return problem(409, 'feed_closed')
    let { seq, hash } = push.base
    const own = seq === 0 ? genesis(device) : feed.ops[seq - 1]?.chain
    if (own === undefined) {
      const { seq: last, hash: expected } = this.head(device)
      return problem(409, 'gap', { expected_seq: last + 1, expected_hash: expected })
    }
    if (own !== hash) return problem(409, 'forked')
    const added: Stored[] = []
    for (const text of texts) {
      const body = bodyHash(text)
      hash = link(hash, body)
      seq++
      const known = feed.ops[seq - 1]
      if (known !== undefined && known.chain !== hash) return problem(409, 'forked')
      if (known === undefined) added.push({ text, hash: body, chain: hash })
    }
    const signature = fromBase64Url(push.sig)
    const isRight =
      feed.key !== null &&
      signature !== null &&
      nacl.sign.detached.verify(headMessage(device, seq, hash), signature, feed.key)
    if (!isRight) return problem(400, 'bad_signature')
    feed.ops.push(...added)
    return null
  }

  private tus(asked: Asked): Response {
    const { method, path, headers } = asked
    if (method === 'POST') {
      const metadata = Object.fromEntries((headers['upload-metadata'] ?? '').split(',').map(pair => pair.split(' ')))
      const id = `/v1/blobs/uploads/${this.uploads.size + 1}`
      this.uploads.set(id, { sha256: atob(metadata.sha256), length: Number(headers['upload-length']), offset: 0 })
      return new Response(null, { status: 201, headers: { location: `https://elsewhere.example${id}` } })
    }
    const upload = this.uploads.get(path)
    if (upload === undefined) return problem(410, 'upload_gone')
    if (method === 'PATCH') {
      upload.offset += asked.bytes?.size ?? 0
      if (upload.offset === upload.length) this.blobs.set(upload.sha256, 'received')
      return new Response(null, { status: 204, headers: { 'upload-offset': String(upload.offset) } })
    }
    if (method === 'DELETE') this.uploads.delete(path)
    const head = { 'upload-offset': String(upload.offset), 'upload-length': String(upload.length) }
    return new Response(null, { status: method === 'HEAD' ? 200 : 204, headers: head })
  }

  /** The page of a unit that holds these records and no others. */
  page(records: { id: string; pos: number }[], more: object = {}): Record<string, unknown> {
    const whole = records.map(({ id, pos }) => ({
      put: { id, pos, kind: 'volunteer_session', unit: UNIT, creator: MEMBER, clock: {}, fields: {} },
    }))
    const held = records.map(({ id, pos }) => ({ record: id, pos }))
    return { unit: UNIT, changes: whole, cursor: `c${records.length}`, tally: tally(held), ...more }
  }
}
