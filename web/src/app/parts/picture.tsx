import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../context'

/** An object URL of a blob for as long as the component that asks stands. */
export function useObjectUrl(blob: Blob | null | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (blob === null || blob === undefined) {
      setUrl(null)
      return
    }
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return url
}

/** A photo, small; where none can be had now, a sign that says so. */
export function Picture({ sha256, alt }: { sha256: string; alt: string }) {
  const { phone, words } = useApp()
  const [small, setSmall] = useState<Blob | null | undefined>(undefined)
  useEffect(() => {
    let left = false
    // No picture is no trouble: the sign stands in its place.
    phone.thumbnail(sha256, 320).then(
      blob => left || setSmall(blob),
      () => left || setSmall(null),
    )
    return () => {
      left = true
    }
  }, [phone, sha256])
  const url = useObjectUrl(small)
  if (url !== null) return <img src={url} alt={alt} />
  return (
    <span class="no-picture">
      {alt}
      {small === null && ` · ${words.notShown}`}
    </span>
  )
}
