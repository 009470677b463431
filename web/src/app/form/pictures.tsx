import { useRef, useState } from 'preact/hooks'
import type { Entry } from '../../phone'
import { useApp } from '../context'
import { Camera } from '../device/camera'
import { foreseen } from '../fault'
import { rfc3339 } from '../format'
import { Button } from '../parts/button'
import { Notice } from '../parts/notice'
import { Picture } from '../parts/picture'
import type { Control, FrameOf } from './field'
import { Frame } from './frame'
import { itemsOf, valueIn, withItem, withValue } from './model'

/** What may be chosen from the album: as the server takes it. */
const ALBUM = 'image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,image/gif,application/pdf'

/** The blobs of a field that are in the record already, those taken out left out. */
export function blobsOf(props: Control): string[] {
  const { named, form, entry } = props
  if (named.field.policy === 'set') return itemsOf(form, entry, named.name).map(String)
  const value = valueIn(form, entry, named.name)
  return value === null ? [] : [String(value)]
}

/** The entry without a blob that is in the record. */
export function withoutBlob({ named, form }: Control, entry: Entry, sha256: string): Entry {
  if (named.field.policy === 'set') return withItem(form, entry, named.name, sha256, false)
  return withValue(entry, named.name, null)
}

/** Photos: each is hashed and kept, durably, the moment it is taken. */
export function PicturesField(props: Control & { frame: FrameOf }) {
  const { phone, words, announce } = useApp()
  const [shooting, setShooting] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const [noCamera, setNoCamera] = useState(false)
  const album = useRef<HTMLInputElement>(null)
  const system = useRef<HTMLInputElement>(null)
  const { named, form, attached } = props
  const mine = attached.filter(one => one.field === named.name)
  const theirs = blobsOf(props).filter(sha256 => !mine.some(one => one.sha256 === sha256))
  const most = named.field.policy === 'set' ? (named.field.max_items ?? 20) : 1
  const room = most - mine.length - theirs.length

  const take = async (file: Blob, source: 'camera' | 'album') => {
    try {
      const captured = source === 'camera' ? { captured: rfc3339(Date.now()) } : {}
      const one = await phone.takeIn(form, { field: named.name, file, source, ...captured })
      props.onAttached(all => all.filter(a => a.sha256 !== one.sha256 || a.field !== one.field).concat(one))
      setTrouble(null)
      announce(words.photoKeptNow)
    } catch (error) {
      setShooting(false)
      setTrouble(foreseen(error).text)
    }
  }
  const chosen = async (input: HTMLInputElement, source: 'camera' | 'album') => {
    const files = Array.from(input.files ?? []).slice(0, room)
    for (const file of files) await take(file, source)
    input.value = ''
  }
  const open = () => {
    setTrouble(null)
    if (navigator.mediaDevices?.getUserMedia === undefined) setNoCamera(true)
    else setShooting(true)
  }
  return (
    <Frame {...props.frame} hint={props.frame.hint ?? words.photoCount(mine.length + theirs.length, most)}>
      {trouble !== null && (
        <Notice tone="red" live>
          {trouble}
        </Notice>
      )}
      {mine.length + theirs.length > 0 && (
        <ul class="photos">
          {theirs.concat(mine.map(one => one.sha256)).map((sha256, at) => (
            <li key={sha256}>
              <Picture sha256={sha256} alt={words.photoN(at + 1)} />
              <Button
                kind="grave"
                onPress={() => {
                  if (theirs.indexOf(sha256) >= 0) props.onEntry(before => withoutBlob(props, before, sha256))
                  else props.onAttached(all => all.filter(a => a.sha256 !== sha256 || a.field !== named.name))
                }}
              >
                {words.removePhoto(at + 1)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {noCamera && (
        <Notice tone="amber" live>
          {words.cameraOff}
        </Notice>
      )}
      {room > 0 && (
        <>
          <Button kind="main tall" icon="camera" onPress={noCamera ? () => system.current?.click() : open}>
            {words.takePhoto}
          </Button>
          <Button icon="album" onPress={() => album.current?.click()}>
            {words.fromAlbum}
          </Button>
          <input
            ref={album}
            type="file"
            hidden
            accept={ALBUM}
            multiple={most > 1}
            aria-label={words.fromAlbum}
            onChange={event => chosen(event.currentTarget, 'album')}
          />
          <input
            ref={system}
            type="file"
            hidden
            accept="image/*"
            capture="environment"
            aria-label={words.takePhoto}
            onChange={event => chosen(event.currentTarget, 'camera')}
          />
        </>
      )}
      {shooting && (
        <Camera
          room={room}
          onPhoto={photo => take(photo, 'camera')}
          onDone={() => setShooting(false)}
          onNone={() => {
            setShooting(false)
            setNoCamera(true)
          }}
        />
      )}
    </Frame>
  )
}
