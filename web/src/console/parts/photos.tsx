import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app/context'
import { size } from '../../app/format'
import { useObjectUrl } from '../../app/parts/picture'
import type { Picture, Sheet } from '../../desk/types'
import { useConsole, useNames } from '../context'
import { useTimes, useValues } from './value'

/** Photos and files of the records, each with what is known of it. */
export function Photos({ records }: { records: Sheet[] }) {
  const { t } = useConsole()
  const names = useNames()
  if (records.every(one => one.photos.length === 0)) return null
  const where = (sha256: string) => records.filter(one => one.photos.some(photo => photo.sha256 === sha256)).length
  return (
    <>
      <h3>{t.photos}</h3>
      {records.map(({ record, photos }) => (
        <div key={record.id}>
          {records.length > 1 && <h4>{t.recordOf(names.short(record.id))}</h4>}
          {photos.length === 0 && <p class="soft">{t.noPhotos}</p>}
          <ul class="pictures">
            {photos.map((photo, nth) => (
              <li key={photo.sha256}>
                <One kind={record.kind} photo={photo} name={t.photo(nth + 1)} shared={where(photo.sha256) > 1} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  )
}

function One(props: { kind: string; photo: Picture; name: string; shared: boolean }) {
  const { t } = useConsole()
  const names = useNames()
  const times = useTimes()
  const { label } = useValues(props.kind)
  const { photo } = props
  const { arrived } = photo
  const exif = arrived?.exif
  const saysNothing = exif == null || Object.values(exif).every(one => one === null)
  const at = (text: string | null | undefined) => {
    const ms = Date.parse(text ?? '')
    return Number.isNaN(ms) ? text : times.at(ms)
  }
  const delivery = arrived?.deliveries[0]
  const f = t.photoFacts
  const facts: [string, string | null | undefined][] = [
    [f.by, photo.by.map(names.member).join(' / ')],
    [f.captured, at(delivery?.captured)],
    [f.source, delivery?.source == null ? null : (t.sources[delivery.source] ?? delivery.source)],
    [f.received, delivery === undefined ? null : times.at(delivery.received_ms)],
    [f.exif, arrived?.examined === true && saysNothing ? t.noExif : null],
    [f.taken, exif?.taken],
    [f.camera, [exif?.make, exif?.model].filter(one => one != null).join(' ')],
    [f.software, exif?.software],
    [f.position, exif?.position == null ? null : `${exif.position.lat.toFixed(5)}, ${exif.position.lng.toFixed(5)}`],
    [f.size, arrived == null ? null : `${size(arrived.bytes)} ${arrived.media}`],
    [f.sha256, photo.sha256.slice(0, 12)],
  ]
  return (
    <figure>
      <Small sha256={photo.sha256} name={props.name} picture={arrived?.media.startsWith('image/') === true} />
      <figcaption>
        <strong>
          {props.name} · {photo.fields.map(label).join(' / ')}
        </strong>
        {arrived == null && <em class="mark">{t.notArrived}</em>}
        {!photo.current && <em class="mark">{t.takenOut}</em>}
        {props.shared && <em class="mark">{t.sameInOther}</em>}
        <dl>
          {facts.map(([name, text]) =>
            text == null || text === '' ? null : (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ),
          )}
        </dl>
      </figcaption>
    </figure>
  )
}

/** The photo, small; pressed, it is shown large. */
function Small({ sha256, name, picture }: { sha256: string; name: string; picture: boolean }) {
  const { phone } = useApp()
  const { t } = useConsole()
  const [small, setSmall] = useState<Blob | null>(null)
  const [large, setLarge] = useState<Blob | null>(null)
  const [open, setOpen] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    let left = false
    if (picture) {
      // No picture is no trouble: its name stands in its place.
      phone.thumbnail(sha256, 320).then(
        blob => left || setSmall(blob),
        () => undefined,
      )
    }
    return () => {
      left = true
    }
  }, [phone, sha256, picture])
  useEffect(() => {
    if (open) dialog.current?.showModal()
  }, [open])
  const enlarge = () => {
    setOpen(true)
    phone.thumbnail(sha256, 1280).then(
      blob => setLarge(blob),
      () => undefined,
    )
  }
  const url = useObjectUrl(small)
  const full = useObjectUrl(large)
  if (url === null) return <span class="no-picture">{name}</span>
  return (
    <>
      <button type="button" class="picture" aria-label={`${t.enlarge} ${name}`} onClick={enlarge}>
        <img src={url} alt={name} />
      </button>
      {open && (
        <dialog ref={dialog} class="large" aria-label={name} onClose={() => setOpen(false)}>
          <img src={full ?? url} alt={name} />
          <button type="button" class="small-main" onClick={() => dialog.current?.close()}>
            {t.close}
          </button>
        </dialog>
      )}
    </>
  )
}
