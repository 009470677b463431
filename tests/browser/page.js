// What the page does: it makes a photo, hashes it and uploads it with tus-js-client.
'use strict'

// Bytes that begin as a JPEG does and go on as a seed has it (xorshift32).
function photo (seed, length) {
  const bytes = new Uint8Array(length)
  let state = (seed >>> 0) || 1
  for (let at = 0; at < length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state
  }
  bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0].slice(0, length))
  return bytes
}

async function sha256 (bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

// Uploads the photo of command.seed and command.length.
//   options   of tus-js-client, as they are
//   stream    gives the bytes as a stream whose length is not known
//   resume    goes on with an earlier upload of the same photo
//   leave     stops when so many bytes are accepted and says where; with `end` it ends the upload at the server
window.upload = async function (command) {
  const bytes = photo(command.seed, command.length)
  const hash = await sha256(bytes)
  const file = new File([bytes], `${command.seed}.jpg`, { type: 'image/jpeg', lastModified: 0 })
  const source = command.stream ? file.stream().getReader() : file
  const told = { sha256: hash, url: null, requests: [], resumed: false }
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(source, {
      endpoint: `${location.origin}/v1/blobs`,
      headers: { Authorization: `Bearer ${command.token}` },
      metadata: { sha256: hash, filename: file.name, filetype: file.type, source: 'camera' },
      // A phone waits longer, and longer each time; how long is no matter of what is tested. It starts anew whenever bytes
      // have got through.
      retryDelays: [10, 20, 50, ...Array(200).fill(100)],
      ...command.options,
      onAfterResponse: (request, response) => {
        told.requests.push([request.getMethod(), response.getStatus(), response.getHeader('Upload-Offset') ?? null])
      },
      onSuccess: () => resolve({ ...told, url: upload.url }),
      onError: error => reject(new Error(`${error.message} after ${JSON.stringify(told.requests)}`)),
      onChunkComplete: (_, accepted) => {
        if (command.leave !== undefined && accepted >= command.leave) {
          upload.abort(command.end === true).then(() => resolve({ ...told, url: upload.url, accepted }), reject)
        }
      }
    })
    const begin = async () => {
      if (command.resume) {
        const [earlier] = await upload.findPreviousUploads()
        if (!earlier) throw new Error('there is no earlier upload')
        upload.resumeFromPreviousUpload(earlier)
        told.resumed = true
      }
      upload.start()
    }
    begin().catch(reject)
  })
}
