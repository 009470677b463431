import type { PhotoCount, Standing } from '../../phone'
import { useApp } from '../context'
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

/** How a record stands, and how many of its photos have arrived. */
export function StandingBadges({ standing, photos }: { standing: Standing; photos: PhotoCount }) {
  const { words } = useApp()
  const sign = SIGNS[standing]
  return (
    <span class="badges">
      <Badge tone={sign.tone} icon={sign.icon}>
        {words.standing[standing]}
      </Badge>
      {photos.total > 0 && (
        <Badge tone={photos.trouble > 0 ? 'red' : photos.delivered < photos.total ? 'blue' : 'green'} icon="album">
          {words.photosDone(photos.delivered, photos.total)}
        </Badge>
      )}
    </span>
  )
}
