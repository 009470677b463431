import type { PhotoCount, Standing } from '../../phone'
import { useApp } from '../context'
import type { Words } from '../words'
import type { IconName } from './icon'
import { Badge, type Tone } from './notice'

const SIGNS: Record<Standing, { tone: Tone; icon: IconName }> = {
  draft: { tone: 'plain', icon: 'pencil' },
  waiting: { tone: 'blue', icon: 'up' },
  held: { tone: 'amber', icon: 'pause' },
  refused: { tone: 'red', icon: 'cross' },
  conflict: { tone: 'purple', icon: 'split' },
  returned: { tone: 'amber', icon: 'returned' },
  posted: { tone: 'green', icon: 'ledger' },
  received: { tone: 'green', icon: 'check' },
}

/** What is said of how a record stands, and of how many of its photos have arrived. */
export function badgesOf(of: { standing: Standing; photos: PhotoCount }, words: Words) {
  const { standing, photos } = of
  const badges: { tone: Tone; icon: IconName; text: string }[] = [
    { ...SIGNS[standing], text: words.standing[standing] },
  ]
  if (photos.total > 0) {
    const tone = photos.trouble > 0 ? 'red' : photos.delivered < photos.total ? 'blue' : 'green'
    badges.push({ tone, icon: 'album', text: words.photosDone(photos.delivered, photos.total) })
  }
  return badges
}

/** The same, each with its sign. */
export function StandingBadges(of: { standing: Standing; photos: PhotoCount }) {
  const { words } = useApp()
  return (
    <span class="badges">
      {badgesOf(of, words).map(({ tone, icon, text }) => (
        <Badge tone={tone} icon={icon} key={icon}>
          {text}
        </Badge>
      ))}
    </span>
  )
}
