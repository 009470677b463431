import { labelIn, useApp } from '../context'
import { RowLink } from '../parts/button'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'
import { href } from '../route'

/** Every kind of record that this member may make. */
export function ChooseKindScreen() {
  const { phone, state, lang, words } = useApp()
  const may = new Set(phone.creatable().map(one => one.kind))
  const kinds = Object.entries(state.catalogue?.kinds ?? {}).filter(([name]) => may.has(name))
  return (
    <Page title={words.otherRecords}>
      {kinds.length === 0 && <Notice tone="amber">{words.noRole}</Notice>}
      {kinds.map(([name, kind]) => (
        <div class="stack" key={name}>
          <RowLink to={href('new', name)} icon="pencil">
            <strong>{labelIn(lang, kind.name, name)}</strong>
            <br />
            <span class="soft">{labelIn(lang, kind.about)}</span>
          </RowLink>
        </div>
      ))}
    </Page>
  )
}
