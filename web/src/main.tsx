import './polyfills'
import { render } from 'preact'

function App() {
  return <main>五员</main>
}

const root = document.getElementById('app')
if (root !== null) render(<App />, root)
