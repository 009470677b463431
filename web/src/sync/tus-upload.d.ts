/** The part of tus-js-client that its own description leaves out. */
declare module 'tus-js-client/lib/upload.js' {
  import type { UploadOptions } from 'tus-js-client'

  export default class BaseUpload {
    static readonly defaultOptions: UploadOptions
    constructor(file: Blob, options: UploadOptions)
    start(): void
  }
}
