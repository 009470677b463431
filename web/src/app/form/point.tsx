import { useEffect, useRef, useState } from 'preact/hooks'
import { labelIn, useApp } from '../context'
import { locate, type NoPoint } from '../device/location'
import { Button } from '../parts/button'
import { Notice } from '../parts/notice'
import { type Reason, reasonOf, withPoint } from './absent'
import type { Control, FrameOf } from './field'
import { Frame } from './frame'
import { valueIn } from './model'
import { pointText } from './show'

/** Where the author is, once and only when asked. That there is none is said, with the reason, and stops nothing. */
export function PointField(props: Control & { frame: FrameOf }) {
  const { state, lang, words } = useApp()
  const { named, form, entry } = props
  const [failed, setFailed] = useState<NoPoint | null>(null)
  const [asking, setAsking] = useState(false)
  const here = useRef(true)
  useEffect(
    () => () => {
      here.current = false
    },
    [],
  )
  const kind = state.catalogue?.kinds[form.kind]
  const put = (found: Parameters<typeof withPoint>[4]) => {
    if (kind !== undefined) props.onEntry(before => withPoint(kind, form, before, named.name, found))
  }
  const ask = async () => {
    setAsking(true)
    setFailed(null)
    // Who saves before an answer has come has waited in vain so far.
    put('timeout')
    const found = await locate()
    // The form may be another one by now, or saved: what comes too late is not put into it.
    if (!here.current) return
    setAsking(false)
    setFailed(typeof found === 'string' ? found : null)
    put(found)
  }
  const value = valueIn(form, entry, named.name)
  const point = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  const beside = reasonOf(kind, named.name)
  const code = failed ?? (beside === null ? null : (valueIn(form, entry, beside.name) as Reason | null))
  const choice = beside?.field.values?.find(one => one.code === code)
  const reason = labelIn(lang, choice?.label, words.noPoint)
  return (
    <Frame {...props.frame} hint={point === null ? words.locateOnce : props.frame.hint}>
      <div role="status" class="stack">
        {asking && <p>{words.locating}</p>}
        {!asking && point === null && code !== null && <Notice tone="amber">{words.noPointNoted(reason)}</Notice>}
        {!asking && point !== null && (
          <Notice tone={point.source === 'mock' ? 'amber' : 'green'} icon="pin">
            <p>{pointText(point, words)}</p>
            {point.source === 'mock' && <p>{words.locatedMock}</p>}
            {failed !== null && <p>{words.pointKept}</p>}
          </Notice>
        )}
      </div>
      <Button icon="pin" busy={asking} onPress={ask}>
        {point === null ? words.locate : words.locateAgain}
      </Button>
    </Frame>
  )
}
