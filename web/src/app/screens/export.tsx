import { useState } from 'preact/hooks'
import { useApp } from '../context'
import { saveFile } from '../device/file'
import { foreseen } from '../fault'
import { isoDay, size } from '../format'
import { Button } from '../parts/button'
import { TextInput } from '../parts/input'
import { Notice } from '../parts/notice'
import { Page } from '../parts/page'

/** Shortest password of a file: it may lie where nobody watches it. */
const SHORTEST = 8

/** An encrypted file of what is not delivered, for a phone that finds no network. */
export function ExportScreen() {
  const { phone, state, words, announce } = useApp()
  const [password, setPassword] = useState('')
  const [done, setDone] = useState<string | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const make = async () => {
    setTrouble(null)
    if (Array.from(password).length < SHORTEST) {
      setTrouble(words.newPasswordHint(SHORTEST))
      return
    }
    try {
      const file = await phone.export(password)
      saveFile(file, `wuyuan-${state.member?.number ?? 'phone'}-${isoDay(Date.now())}.wyx`)
      setDone(words.exportDone(size(file.size)))
      announce(words.exportDone(size(file.size)))
    } catch (error) {
      setTrouble(foreseen(error).text)
    }
  }
  return (
    <Page title={words.exportTitle}>
      <p>{words.exportAbout}</p>
      <TextInput
        id="file-password"
        label={words.exportPassword}
        hint={words.newPasswordHint(SHORTEST)}
        secret
        value={password}
        onValue={setPassword}
      />
      {trouble !== null && (
        <Notice tone="red" live>
          {trouble}
        </Notice>
      )}
      {done !== null && <Notice tone="green">{done}</Notice>}
      <Button kind="main tall" icon="download" onPress={make}>
        {words.exportMake}
      </Button>
    </Page>
  )
}
