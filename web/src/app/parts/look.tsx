import { useState } from 'preact/hooks'
import type { Lang } from '../../phone'
import { useApp } from '../context'
import { chooseSize, chosenSize, SIZES, type SizeName } from '../style/size'
import { LANGUAGES } from '../words'
import { Choices } from './choices'

/** The size of all text. */
export function SizeChoice() {
  const { words } = useApp()
  const [chosen, setChosen] = useState(chosenSize)
  const names = Object.keys(SIZES) as SizeName[]
  const choose = (name: SizeName) => {
    chooseSize(name)
    setChosen(name)
  }
  return (
    <section class="card">
      <h2 id="text-size">{words.textSize}</h2>
      <Choices
        options={names.map(name => ({ value: name, text: words.sizes[name] ?? name }))}
        chosen={[chosen]}
        labelledBy="text-size"
        onChoose={name => choose(name as SizeName)}
      />
      <p>{words.sample}</p>
    </section>
  )
}

/** The language of the screens; each stands under its own name. */
export function LanguageChoice() {
  const { phone, lang, words } = useApp()
  return (
    <section class="card">
      <h2 id="language">{words.language}</h2>
      <Choices
        options={LANGUAGES.map(one => ({ value: one.lang, text: one.name }))}
        chosen={[lang]}
        labelledBy="language"
        onChoose={chosen => phone.setLang(chosen as Lang)}
      />
    </section>
  )
}
