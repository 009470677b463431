/** The server's routes, typed. Every answer that is not one of this server's is `Unreached`. */

import type { components } from '../api/types'
import type { HistoryLine } from '../phone'
import type { Catalogue } from '../protocol/catalogue'
import type { Origin } from '../protocol/log'
import type { VerdictLine } from '../protocol/receipt'
import type { RecordView } from '../protocol/record'
import type { Tally } from '../protocol/tally'
import type { AccountRow, ConfigBody, DirectoryBody } from '../store/schema'
import { Problem, readProblem, Unreached } from './problem'
import type { Answer, Request, Transport } from './transport'

/** A sign-in in force. */
export interface Session {
  access_token: string
  refresh_token?: string | null
  scope: string
  member: AccountRow['member']
  appointments?: AccountRow['appointments']
}

/** Making a device known. */
export interface Enrolment {
  id: string
  suite: string
  public_key: string
  label: string
  key_storage: 'non_extractable' | 'software'
  continues?: { device: string; head_hash: string }
  proof: string
}

/** A place in a feed. */
export interface Head {
  seq: number
  hash: string
}

/** One unit's part of a pull. */
export interface UnitPage {
  unit: string
  changes?: ({ put: RecordView } | { gone: string })[] | null
  cursor?: string | null
  restart?: boolean | null
  tally?: Tally | null
}

/** The pulled part of an answer. */
export interface Pulled {
  units?: UnitPage[] | null
  ended?: string[] | null
  more?: boolean | null
}

/** The answer to a sync. */
export interface SyncAnswer extends Pulled {
  generation: string
  server_time: number
  catalog: number
  feed: { head: Head; durable_seq: number; closed: boolean }
  verdicts?: VerdictLine[] | null
  resolved?: VerdictLine[] | null
  receipt?: { key: string; sig: string } | null
  want?: string[] | null
}

/** A body with the tag under which it is known. */
export interface Tagged<T> {
  body: T
  etag: string | null
}

/** Problems that a HEAD, which has no body, can mean. */
const BARE: Record<number, string> = {
  401: 'token_expired',
  404: 'upload_gone',
  410: 'upload_gone',
  423: 'upload_locked',
  429: 'rate_limited',
  503: 'unavailable',
  507: 'unavailable',
}

/** The refusal that an answer is; throws where it is nobody's that is known here. */
export function refusal(method: Request['method'], answer: Answer): Error {
  const bare = BARE[answer.status]
  if (method === 'HEAD' && bare !== undefined) {
    return new Problem(answer.status, bare, bare, bare, '', answer.retryAfter, {})
  }
  return (
    readProblem(answer.status, answer.retryAfter, answer.body) ??
    new Unreached('answer_foreign', `status ${answer.status}`)
  )
}

function decode<T>(answer: Answer, isIt: (body: T) => boolean): T {
  try {
    const body = JSON.parse(answer.body) as T
    if (body !== null && typeof body === 'object' && isIt(body)) return body
  } catch {
    // Not JSON: not this server.
  }
  throw new Unreached('answer_foreign', `status ${answer.status}`)
}

const isText = (value: unknown) => typeof value === 'string'

function areHashes(list: unknown): boolean {
  return Array.isArray(list) && list.every(one => isText(one) && /^[0-9a-f]{64}$/.test(one))
}

/** Requests on behalf of one member. */
export class Api {
  constructor(
    readonly transport: Transport,
    readonly token: string | null,
  ) {}

  private async pass(request: Request): Promise<Answer> {
    const answer = await this.transport.send({ ...request, token: this.token })
    if ((answer.status >= 200 && answer.status < 300) || answer.status === 304) return answer
    throw refusal(request.method, answer)
  }

  /** Asks for something; `isIt` says whether an answer is this server's. */
  async get<T>(path: string, isIt: (body: T) => boolean): Promise<T> {
    return decode<T>(await this.pass({ method: 'GET', path }), isIt)
  }

  private async post<T>(path: string, body: unknown, isIt: (body: T) => boolean): Promise<T> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return decode(await this.pass({ method: 'POST', path, body: text }), isIt)
  }

  private session(path: string, body: unknown): Promise<Session> {
    return this.post<Session>(
      path,
      body,
      it => typeof it.access_token === 'string' && typeof it.member?.id === 'string',
    )
  }

  signIn(body: { number: string; password: string; totp?: string }): Promise<Session> {
    return this.session('/v1/auth/sign-in', body)
  }

  activate(body: { number: string; code: string; password: string }): Promise<Session> {
    return this.session('/v1/auth/activate', body)
  }

  refresh(token: string): Promise<Session> {
    return this.session('/v1/auth/refresh', { refresh_token: token })
  }

  async signOut(): Promise<void> {
    await this.pass({ method: 'POST', path: '/v1/auth/sign-out' })
  }

  async enrol(body: Enrolment): Promise<void> {
    await this.post('/v1/devices', body, () => true)
  }

  async config(): Promise<ConfigBody> {
    const answer = await this.pass({ method: 'GET', path: '/v1/config' })
    return decode<ConfigBody>(answer, it => typeof it.generation === 'string' && typeof it.limits === 'object')
  }

  /** null: what is held under `etag` still holds. */
  catalogue(etag: string | null): Promise<Tagged<Catalogue> | null> {
    return this.tagged<Catalogue>('/v1/catalog', etag, it => typeof it.version === 'number')
  }

  /** null: what is held under `etag` still holds. */
  directory(etag: string | null): Promise<Tagged<DirectoryBody> | null> {
    return this.tagged<DirectoryBody>('/v1/directory', etag, it => Array.isArray(it.units))
  }

  private async tagged<T>(path: string, etag: string | null, isIt: (body: T) => boolean): Promise<Tagged<T> | null> {
    const answer = await this.pass({
      method: 'GET',
      path,
      ...(etag === null ? {} : { headers: { 'if-none-match': etag } }),
    })
    if (answer.status === 304) return null
    return { body: decode(answer, isIt), etag: answer.header('etag') }
  }

  /** The server's hash of the device's operation `seq`; null: it has none, or does not know the device. */
  async chainHash(device: string, seq: number): Promise<string | null> {
    try {
      const answer = await this.pass({ method: 'GET', path: `/v1/devices/${device}/chain?from=${seq}&to=${seq}` })
      const { chain } = decode<{ chain: Head[] }>(answer, it => Array.isArray(it.chain))
      return chain.find(head => head.seq === seq)?.hash ?? null
    } catch (error) {
      // A restored server may not know the device any more: it has nothing of it.
      if (error instanceof Problem && error.status === 404) return null
      throw error
    }
  }

  /** Sends the text of a sync. */
  sync(text: string): Promise<SyncAnswer> {
    return this.post<SyncAnswer>(
      '/v1/sync',
      text,
      it => typeof it.generation === 'string' && typeof it.feed?.head?.seq === 'number',
    )
  }

  async history(record: string): Promise<HistoryLine[]> {
    const answer = await this.pass({ method: 'GET', path: `/v1/records/${record}/history` })
    return decode<{ ops: HistoryLine[] }>(answer, it => Array.isArray(it.ops)).ops
  }

  /** Sums of a member's own hours. */
  async hoursTotals(member: string): Promise<components['schemas']['HoursTotals']> {
    const answer = await this.pass({ method: 'GET', path: `/v1/hours?member=${member}` })
    return decode<components['schemas']['HoursTotals']>(answer, it => Array.isArray(it.totals))
  }

  /** Postings of a member's own hours, behind the one that `after` names. */
  async postings(member: string, after: string | null): Promise<components['schemas']['Postings']> {
    const more = after === null ? '' : `&after=${encodeURIComponent(after)}`
    const answer = await this.pass({ method: 'GET', path: `/v1/hours/postings?member=${member}&limit=200${more}` })
    return decode<components['schemas']['Postings']>(answer, it => Array.isArray(it.postings))
  }

  /** The log's newest checkpoint, as signed. */
  async checkpoint(): Promise<string> {
    return (await this.pass({ method: 'GET', path: '/v1/log/checkpoint' })).body
  }

  /** The proof that a log, the one that grows or an ended one, grew from one size to another. */
  async consistency(log: number | null, from: number, to: number): Promise<string[]> {
    const which = log === null ? '' : `&log=${log}`
    const answer = await this.pass({
      method: 'GET',
      path: `/v1/log/proof/consistency?from=${from}&to=${to}${which}`,
    })
    return decode<{ proof: string[] }>(answer, it => areHashes(it.proof)).proof
  }

  /** The server's logs, the oldest first. */
  async origins(): Promise<Origin[]> {
    const answer = await this.pass({ method: 'GET', path: '/v1/log/origins' })
    return decode<{ origins: Origin[] }>(
      answer,
      it =>
        Array.isArray(it.origins) &&
        it.origins.every(one => areHashes(one.proof) && [one.vkey, one.opening, one.checkpoint].every(isText)),
    ).origins
  }

  /** What the server has of each blob, from this member. */
  async blobStates(hashes: string[]): Promise<{ sha256: string; state: string }[]> {
    const body = await this.post<{ blobs: { sha256: string; state: string }[] }>('/v1/blobs/status', { hashes }, it =>
      Array.isArray(it.blobs),
    )
    return body.blobs
  }

  thumbnail(sha256: string, size: number): Promise<Blob> {
    return this.transport.bytes({
      method: 'GET',
      path: `/v1/blobs/${sha256}/thumbnail?size=${size}`,
      token: this.token,
    })
  }

  /** Begins an upload without a byte of it: its path, and how much of it the server has already. */
  async beginUpload(bytes: number, metadata: string): Promise<{ path: string; offset: number }> {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': String(bytes), 'upload-metadata': metadata }
    const answer = await this.pass({ method: 'POST', path: '/v1/blobs', headers })
    // A server behind a proxy may know itself by another name; this phone talks to nobody but its own server.
    const location = answer.header('location') ?? ''
    const start = location.indexOf('/v1/blobs/')
    if (start < 0) throw new Unreached('answer_foreign', 'an upload without a place')
    return { path: location.slice(start), offset: Number(answer.header('upload-offset') ?? 0) }
  }

  /** Ends an upload of which nothing will come. */
  async endUpload(path: string): Promise<void> {
    await this.pass({ method: 'DELETE', path, headers: { 'tus-resumable': '1.0.0' } })
  }
}
