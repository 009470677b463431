import { render } from 'preact'
import { wordsOf } from '../app/words'
import { openDesk } from '../desk/desk'
import { PhoneError } from '../phone'
import '../app/style/tokens.css'
import '../app/style/base.css'
import '../app/style/parts.css'
import '../app/style/fields.css'
import './style/frame.css'
import './style/inbox.css'
import './style/case.css'
import './style/hours.css'
import { ConsoleApp } from './app'

/** Shows the console in `root`; where it cannot be opened, says so and deletes nothing. */
export async function start(root: HTMLElement): Promise<void> {
  try {
    const desk = await openDesk()
    const first = await wordsOf(desk.phone.state().get().lang)
    render(<ConsoleApp desk={desk} first={first} />, root)
  } catch (error) {
    console.error(error)
    const words = await wordsOf(navigator.language.startsWith('zh') ? 'zh-Hans' : 'en')
    render(
      <main class="body">
        <h1>{words.cannotOpen}</h1>
        <p>{error instanceof PhoneError ? error.text : words.cannotOpenAbout}</p>
      </main>,
      root,
    )
  }
}
