import {Box, Text, useInput, usePaste} from 'ink'
import {memo, useSyncExternalStore} from 'react'
import {keyNames} from './keyboard.ts'
import type {UiStore} from './state/store.ts'

interface ConsoleProps {
  readonly store: UiStore
  /** Monotonic clock, ms. */
  readonly monotonic: () => number
}

/**
 * The one component. It draws the lines that the store painted and hands on keys; one root `useInput`, because keys
 * are lost when input moves from component to component.
 */
export function Console({store, monotonic}: ConsoleProps) {
  const lines = useSyncExternalStore(store.subscribe, store.lines)
  useInput((input, key) => {
    if (key.eventType === 'release') return
    for (const name of keyNames(input, key)) store.dispatch({type: 'key', key: name, at: monotonic()})
  })
  usePaste(text => store.dispatch({type: 'paste', text, at: monotonic()}))
  return (
    <Box flexDirection="column">
      {lines.map((text, y) => (
        <Row key={y} text={text} />
      ))}
    </Box>
  )
}

/** Cut, never wrapped: between a resize and the next paint a line may be too long, and must not become two. */
const Row = memo(function Row({text}: {readonly text: string}) {
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  )
})
