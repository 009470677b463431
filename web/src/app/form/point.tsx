import { useState } from 'preact/hooks'
import type { Json } from '../../phone'
import { useApp } from '../context'
import { locate, type NoPoint } from '../device/location'
import { Button } from '../parts/button'
import { Notice } from '../parts/notice'
import type { FrameOf } from './field'
import { Frame } from './frame'
import { pointText } from './show'

/** Where the author is, once and only when asked. That there is none is said and stops nothing. */
export function PointField(props: FrameOf & { value: Json; onValue: (value: Json) => void }) {
  const { words } = useApp()
  const [failed, setFailed] = useState<NoPoint | null>(null)
  const [asking, setAsking] = useState(false)
  const ask = async () => {
    setAsking(true)
    setFailed(null)
    const found = await locate()
    setAsking(false)
    if (typeof found === 'string') setFailed(found)
    else props.onValue(found)
  }
  const point =
    typeof props.value === 'object' && props.value !== null && !Array.isArray(props.value) ? props.value : null
  return (
    <Frame {...props} hint={point === null ? words.locateOnce : undefined}>
      <div role="status" class="stack">
        {asking && <p>{words.locating}</p>}
        {!asking && failed !== null && <Notice tone="amber">{words.locateFailed[failed]}</Notice>}
        {!asking && failed === null && point !== null && (
          <Notice tone={point.source === 'mock' ? 'amber' : 'green'} icon="pin">
            <p>{pointText(point, words)}</p>
            {point.source === 'mock' && <p>{words.locatedMock}</p>}
          </Notice>
        )}
      </div>
      <Button icon="pin" busy={asking} onPress={ask}>
        {point === null ? words.locate : words.locateAgain}
      </Button>
    </Frame>
  )
}
