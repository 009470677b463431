/** How requests travel: fetch, with a bound on time, bodies compressed where the browser can. */

import { readProblem, Unreached } from './problem'

/** Like `window.fetch`; tests give their own. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>

/** A request to the server. */
export interface Request {
  method: 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE'
  /** From `/v1/` on. */
  path: string
  token?: string | null
  headers?: Record<string, string>
  /** JSON text, or bytes as they go. */
  body?: string | Blob
}

/** The whole answer, whatever its status. */
export interface Answer {
  status: number
  retryAfter: number | null
  header(name: string): string | null
  body: string
}

/** For one request and its answer, ms; a page over a village's network may take a minute. */
const TIMEOUT_MS = 120_000
/** Bodies shorter than this travel as they are. */
const COMPRESS_FROM = 1024

async function compressed(body: string): Promise<Blob> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Response(stream).blob()
}

/** Sends requests to one server. */
export class Transport {
  constructor(
    private readonly fetch: Fetch,
    /** Where the server is; empty: where this app came from. */
    private readonly origin: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** Sends one. An answer of any status is an answer. */
  async send(request: Request): Promise<Answer> {
    return this.within(async signal => {
      const response = await this.start(request, signal)
      const body = request.method === 'HEAD' ? '' : await response.text()
      const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
      return {
        status: response.status,
        retryAfter: Number.isNaN(seconds) ? null : Math.max(0, seconds),
        header: (name: string) => response.headers.get(name),
        body,
      }
    })
  }

  /** Gets bytes; a refusal is thrown as the problem that it is. */
  async bytes(request: Request): Promise<Blob> {
    return this.within(async signal => {
      const response = await this.start(request, signal)
      if (response.ok) return response.blob()
      const problem = readProblem(response.status, null, await response.text())
      throw problem ?? new Unreached('answer_foreign', `status ${response.status}`)
    })
  }

  private async start(request: Request, signal: AbortSignal | null): Promise<Response> {
    const headers: Record<string, string> = { ...request.headers }
    if (request.token) headers.authorization = `Bearer ${request.token}`
    let body: string | Blob | undefined = request.body
    if (typeof body === 'string') {
      headers['content-type'] = 'application/json'
      if (body.length >= COMPRESS_FROM && typeof CompressionStream !== 'undefined') {
        body = await compressed(body)
        headers['content-encoding'] = 'gzip'
      }
    }
    return this.fetch(this.origin + request.path, {
      method: request.method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === null ? {} : { signal }),
      cache: 'no-store',
      credentials: 'omit',
      // A network's sign-in page must not be taken for the server.
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    })
  }

  private async within<T>(work: (signal: AbortSignal | null) => Promise<T>): Promise<T> {
    const abort = typeof AbortController === 'undefined' ? null : new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Unreached('timeout', 'no answer in time'))
        abort?.abort()
      }, this.timeoutMs)
    })
    try {
      return await Promise.race([work(abort?.signal ?? null), late])
    } catch (error) {
      if (error instanceof Error && (error.name === 'Problem' || error.name === 'Unreached')) throw error
      // What fetch throws says no more than that it failed.
      throw new Unreached('unreachable', String(error))
    } finally {
      clearTimeout(timer)
    }
  }
}
