import { render } from 'preact'
import { open, type Phone, PhoneError } from '../phone'
import { App } from './app'
import { codeOf } from './fault'
import { applySize, chosenSize } from './style/size'
import './style/tokens.css'
import './style/base.css'
import './style/parts.css'
import './style/fields.css'
import './style/screens.css'
import { spokenIn } from './words'

/** Shows the app in `root` once the phone is open; if it cannot be opened, says so and deletes nothing. */
export async function start(root: HTMLElement): Promise<void> {
  applySize(chosenSize())
  let phone: Phone
  try {
    phone = await open()
  } catch (error) {
    console.error(error)
    const { words } = await spokenIn(navigator.language.startsWith('zh') ? 'zh-Hans' : 'en')
    render(
      <main class="body">
        <h1>{words.cannotOpen}</h1>
        <p>{error instanceof PhoneError ? error.text : words.cannotOpenAbout}</p>
        <p>{words.codeIs(codeOf(error))}</p>
        <button type="button" class="button main" onClick={() => location.reload()}>
          {words.reload}
        </button>
      </main>,
      root,
    )
    return
  }
  const first = await spokenIn(phone.state().get().lang)
  render(<App phone={phone} first={first} />, root)
}
