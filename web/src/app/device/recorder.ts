/** The microphone: one voice note. */

/** Plain speech; a minute is some 200 kB. */
const BITS = 24_000
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']

/** A voice note that is being recorded. */
export interface Recording {
  /** Ends it and gives what was said. */
  stop(): Promise<Blob>
  /** Ends it and keeps nothing. */
  drop(): void
}

/** Begins to record. Rejects where there is no microphone or it may not be used. */
export async function recordVoice(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const type = TYPES.find(one => MediaRecorder.isTypeSupported(one))
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS, ...(type ? { mimeType: type } : {}) })
  const parts: Blob[] = []
  recorder.ondataavailable = event => parts.push(event.data)
  const release = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  const ended = new Promise<void>(resolve => {
    recorder.onstop = () => resolve()
  })
  recorder.start()
  return {
    async stop() {
      if (recorder.state !== 'inactive') recorder.stop()
      await ended
      release()
      return new Blob(parts, { type: (recorder.mimeType || type || 'audio/webm').split(';')[0] })
    },
    drop() {
      if (recorder.state !== 'inactive') recorder.stop()
      release()
    },
  }
}
