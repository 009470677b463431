import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../context'
import { type Recording, recordVoice } from '../device/recorder'
import { foreseen } from '../fault'
import { rfc3339, size, ticking } from '../format'
import { Button } from '../parts/button'
import { Notice } from '../parts/notice'
import { Play } from '../parts/play'
import type { Control, FrameOf } from './field'
import { Frame } from './frame'
import { blobsOf, withoutBlob } from './pictures'

/** Voice notes: one press begins, one press ends; what was said is kept, durably, at once. */
export function VoiceField(props: Control & { frame: FrameOf }) {
  const { phone, words } = useApp()
  const [recording, setRecording] = useState<{ since: number; take: Recording } | null>(null)
  const [now, setNow] = useState(0)
  const [trouble, setTrouble] = useState<string | null>(null)
  const { named, form, attached, kept } = props
  const mine = attached.filter(one => one.field === named.name)
  const theirs = blobsOf(props).filter(sha256 => !mine.some(one => one.sha256 === sha256))
  const most = named.field.policy === 'set' ? (named.field.max_items ?? 5) : 1
  const all = theirs.concat(mine.map(one => one.sha256))
  const heard = useRef<Map<string, Blob>>(new Map())
  const running = useRef<Recording | null>(null)
  running.current = recording?.take ?? null

  useEffect(() => {
    if (recording === null) return
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [recording])
  // Who leaves the form while speaking has not said that it is to be kept.
  useEffect(() => () => running.current?.drop(), [])

  const begin = async () => {
    setTrouble(null)
    try {
      const take = await recordVoice()
      setNow(Date.now())
      setRecording({ since: Date.now(), take })
    } catch {
      // No microphone, or it may not be used: both are said in the same words.
      setTrouble(words.microphoneOff)
    }
  }
  const end = async () => {
    if (recording === null) return
    const file = await recording.take.stop()
    setRecording(null)
    try {
      const captured = rfc3339(recording.since)
      const one = await phone.takeIn(form, { field: named.name, file, source: 'camera', media: file.type, captured })
      heard.current.set(one.sha256, file)
      props.onAttached(list => list.concat(one))
    } catch (error) {
      setTrouble(foreseen(error).text)
    }
  }
  const remove = (sha256: string) => {
    if (theirs.indexOf(sha256) >= 0) props.onEntry(before => withoutBlob(props, before, sha256))
    else props.onAttached(list => list.filter(one => one.sha256 !== sha256 || one.field !== named.name))
  }
  const original = (sha256: string) =>
    heard.current.get(sha256) ?? kept.find(one => one.sha256 === sha256)?.original ?? null
  const bytes = (sha256: string) => mine.find(one => one.sha256 === sha256)?.bytes
  return (
    <Frame {...props.frame}>
      {trouble !== null && (
        <Notice tone="amber" live>
          {trouble}
        </Notice>
      )}
      {all.length > 0 && (
        <ul class="stack">
          {all.map((sha256, at) => (
            <li class="card" key={sha256}>
              <Play
                sound={original(sha256)}
                name={`${words.voiceN(at + 1)}${bytes(sha256) === undefined ? '' : ` · ${size(bytes(sha256) ?? 0)}`}`}
              />
              <Button kind="grave" onPress={() => remove(sha256)}>
                {words.removeVoice(at + 1)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {recording !== null && (
        <>
          <p aria-live="off">{words.recording(ticking(now - recording.since))}</p>
          <Button kind="grave main" icon="stop" onPress={end}>
            {words.stopRecording}
          </Button>
        </>
      )}
      {recording === null && all.length < most && (
        <Button icon="voice" onPress={begin}>
          {words.record}
        </Button>
      )}
    </Frame>
  )
}
