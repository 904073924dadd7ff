import {Static, Text, useApp, useCursor, useInput, usePaste, useWindowSize} from 'ink'
import {useEffect, useLayoutEffect, useSyncExternalStore} from 'react'
import type {ConsoleInputProps} from '../ConsoleInput.tsx'
import {keyNames} from '../keyboard.ts'
import {widthOf} from '../layout/text.ts'
import type {Voice} from './voice.ts'

export interface PlainConsoleProps extends ConsoleInputProps {
  readonly voice: Voice
}

/** Lines that are said stay on the screen as they are; below them is the one line into which one types. */
export function PlainConsole({voice, onKey, onPaste, onTerminal}: PlainConsoleProps) {
  const {suspendTerminal} = useApp()
  const {setCursorPosition} = useCursor()
  const {columns} = useWindowSize()
  const {batch, prompt, typed} = useSyncExternalStore(voice.subscribe, voice.view)
  useEffect(() => onTerminal(work => suspendTerminal(work)), [onTerminal, suspendTerminal])
  useLayoutEffect(() => voice.shown(batch.id), [voice, batch])
  useInput((input, key) => {
    if (key.eventType === 'release') return
    for (const name of keyNames(input, key)) onKey(name)
  })
  usePaste(onPaste)
  const shown = prompt.secret ? '*'.repeat(typed.text.length) : typed.text
  const before = widthOf(`${prompt.text}> ${shown.slice(0, typed.cursor)}`)
  setCursorPosition({x: before % columns, y: Math.floor(before / columns)})
  return (
    <>
      <Static key={batch.id} items={[...batch.lines]}>
        {(line, index) => <Text key={index}>{line}</Text>}
      </Static>
      <Text wrap="hard">{`${prompt.text}> ${shown}`}</Text>
    </>
  )
}
