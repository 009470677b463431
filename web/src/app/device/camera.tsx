import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../context'
import { Button } from '../parts/button'

/** Asked of the camera; it gives what it can that is nearest. */
const WANTED: MediaStreamConstraints = {
  video: { facingMode: 'environment', width: { ideal: 2560 }, height: { ideal: 1920 } },
}

/** The picture as the camera gave it, as a JPEG. */
function still(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', 0.92)
  })
}

/** The camera over the whole screen. Each press takes a photo and hands it on before the next can be taken. */
export function Camera(props: {
  onPhoto: (photo: Blob) => Promise<void>
  onDone: () => void
  onNone: () => void
  room: number
}) {
  const { words } = useApp()
  const video = useRef<HTMLVideoElement>(null)
  const dialog = useRef<HTMLDivElement>(null)
  const [ready, setReady] = useState(false)
  const [taken, setTaken] = useState(0)
  const none = useRef(props.onNone)
  none.current = props.onNone

  useEffect(() => {
    let stream: MediaStream | null = null
    let left = false
    const begin = async () => {
      const got = await navigator.mediaDevices.getUserMedia(WANTED)
      stream = got
      const view = video.current
      if (left || view === null) {
        for (const track of got.getTracks()) track.stop()
        return
      }
      view.srcObject = got
      await view.play()
      setReady(true)
    }
    // A browser without a camera's interface throws here, one that may not use it refuses: the album remains.
    begin().catch(() => left || none.current())
    return () => {
      left = true
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
  }, [])

  useEffect(() => {
    const before = document.activeElement
    dialog.current?.querySelector('button')?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  // The focus stays among the dialog's buttons.
  const keep = (event: KeyboardEvent) => {
    if (event.key === 'Escape') props.onDone()
    if (event.key !== 'Tab') return
    const buttons = Array.from(dialog.current?.querySelectorAll('button') ?? [])
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    event.preventDefault()
    buttons[(at + (event.shiftKey ? buttons.length - 1 : 1)) % buttons.length]?.focus()
  }

  const shoot = async () => {
    if (!ready || video.current === null) return
    await props.onPhoto(await still(video.current))
    setTaken(n => n + 1)
  }
  return (
    <div class="camera" role="dialog" aria-modal="true" aria-label={words.takePhoto} ref={dialog} onKeyDown={keep}>
      <video ref={video} muted playsInline />
      <p role="status">{ready ? words.photoTaken(taken) : words.cameraOpening}</p>
      <div class="stack">
        {props.room > 0 && (
          <Button kind="go tall" icon="camera" busy={!ready} onPress={shoot}>
            {words.shutter}
          </Button>
        )}
        <Button onPress={props.onDone}>{words.doneShooting(taken)}</Button>
      </div>
    </div>
  )
}
