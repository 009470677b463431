import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../context'
import { Button } from './button'
import { useObjectUrl } from './picture'

/** A voice note with one large button; where its sound is not on this phone, its name alone. */
export function Play({ sound, name }: { sound: Blob | null; name: string }) {
  const { words } = useApp()
  const url = useObjectUrl(sound)
  const player = useRef<HTMLAudioElement | null>(null)
  const [playing, setPlaying] = useState(false)
  useEffect(() => {
    if (url === null) return
    const audio = new Audio(url)
    audio.onended = () => setPlaying(false)
    player.current = audio
    return () => {
      audio.pause()
      player.current = null
    }
  }, [url])
  if (url === null) return <p>{name}</p>
  const press = async () => {
    const audio = player.current
    if (audio === null) return
    if (playing) {
      audio.pause()
      setPlaying(false)
    } else {
      setPlaying(true)
      // A phone that cannot play its own recording leaves it for those who can.
      await audio.play().catch(() => setPlaying(false))
    }
  }
  return (
    <Button icon={playing ? 'stop' : 'play'} onPress={press}>
      {playing ? words.stopPlaying : words.play(name)}
    </Button>
  )
}
