/** tus-js-client over this phone's transport: one upload whose address is known, from where the server has it. */

import type { DetailedError, HttpRequest, HttpResponse, HttpStack, UploadOptions } from 'tus-js-client'
// Its heart alone, in the language of today: what it brings for other stacks and files would be more than the rest.
import BaseUpload from 'tus-js-client/lib/upload.js'
import { refusal } from './api'
import { Unreached } from './problem'
import type { Answer, Request, Transport } from './transport'

/** Most bytes of one request: so much a lost answer leaves in doubt. */
const PIECE_BYTES = 512 * 1024

/** A request of tus-js-client as one of this phone's. */
class TusRequest implements HttpRequest {
  private readonly headers: Record<string, string> = {}
  private onProgress: (sent: number) => void = () => undefined

  constructor(
    private readonly transport: Transport,
    private readonly method: string,
    private readonly path: string,
    private readonly token: string | null,
    private readonly answered: (method: string, answer: Answer) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  getMethod(): string {
    return this.method
  }

  getURL(): string {
    return this.path
  }

  setHeader(header: string, value: string): void {
    this.headers[header.toLowerCase()] = value
  }

  getHeader(header: string): string | undefined {
    return this.headers[header.toLowerCase()]
  }

  setProgressHandler(handler: (sent: number) => void): void {
    this.onProgress = handler
  }

  async send(body: Blob | null): Promise<HttpResponse> {
    const request: Request = {
      method: this.method as Request['method'],
      path: this.path,
      token: this.token,
      headers: this.headers,
      ...(body === null || body === undefined ? {} : { body }),
    }
    try {
      const answer = await this.transport.send(request)
      this.answered(this.method, answer)
      this.onProgress(body?.size ?? 0)
      return {
        getStatus: () => answer.status,
        getHeader: header => answer.header(header) ?? undefined,
        getBody: () => answer.body,
        getUnderlyingObject: () => answer,
      }
    } catch (error) {
      this.failed(error)
      throw error
    }
  }

  abort(): Promise<void> {
    return Promise.resolve()
  }

  getUnderlyingObject(): null {
    return null
  }
}

/** Reads pieces of a Blob without holding it in memory. */
const BLOBS = {
  openFile: async (blob: Blob) => ({
    size: blob.size,
    slice: async (start: number, end: number) => ({
      value: blob.slice(start, end),
      done: end >= blob.size,
    }),
    close: () => undefined,
  }),
}

/**
 * Sends the rest of `original` to the upload at `path`; `reached` hears how far the server has it. It resolves when the
 * server has verified the whole, and fails with a `Problem` or `Unreached`.
 */
export function sendRest(
  transport: Transport,
  token: string | null,
  path: string,
  original: Blob,
  reached: (sent: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // The library wraps what went wrong in words; what was answered says it better.
    let last: { method: string; answer: Answer } | null = null
    let failure: unknown = null
    const stack: HttpStack = {
      createRequest: (method, url) =>
        new TusRequest(
          transport,
          method,
          url,
          token,
          (asked, answer) => {
            last = { method: asked, answer }
          },
          error => {
            failure = error
          },
        ),
      getName: () => 'phone',
    }
    const whyFailed = (error: Error | DetailedError): Error => {
      if (failure instanceof Error) return failure
      if (last !== null && (last.answer.status < 200 || last.answer.status > 299)) {
        return refusal(last.method as Request['method'], last.answer)
      }
      return new Unreached('answer_foreign', error.message)
    }
    const options: UploadOptions = {
      ...BaseUpload.defaultOptions,
      uploadUrl: path,
      chunkSize: PIECE_BYTES,
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: () => Promise.resolve(''),
      httpStack: stack,
      fileReader: BLOBS as never,
      onChunkComplete: (_size, accepted) => reached(accepted),
      onSuccess: () => resolve(),
      onError: error => reject(whyFailed(error)),
    }
    const upload = new BaseUpload(original, options)
    upload.start()
  })
}
