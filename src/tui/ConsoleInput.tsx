import {useApp, useInput, usePaste} from 'ink'
import {useEffect} from 'react'
import {keyNames} from './keyboard.ts'

export interface ConsoleInputProps {
  readonly onKey: (key: string) => void
  readonly onPaste: (text: string) => void
  /** Told how to give the terminal's input up for a while. */
  readonly onTerminal: (suspend: (work: () => void) => Promise<void>) => void
}

/**
 * The one component on the alternate screen. It draws nothing: keys go from here to the state and from there to the
 * painter, and never wait for React. One root `useInput`, because keys are lost when input moves between components.
 */
export function ConsoleInput({onKey, onPaste, onTerminal}: ConsoleInputProps) {
  const {suspendTerminal} = useApp()
  useEffect(() => onTerminal(work => suspendTerminal(work)), [onTerminal, suspendTerminal])
  useInput((input, key) => {
    if (key.eventType === 'release') return
    for (const name of keyNames(input, key)) onKey(name)
  })
  usePaste(onPaste)
  return null
}
