import {Box, Text, Transform, useApp, useInput, usePaste} from 'ink'
import {memo, useCallback, useEffect, useSyncExternalStore} from 'react'
import {keyNames} from './keyboard.ts'
import type {UiStore} from './state/store.ts'

interface ConsoleProps {
  readonly store: UiStore
  /** Monotonic clock, ms. */
  readonly monotonic: () => number
  readonly terminal: Terminal
  /** Told how to give the terminal up for a while, once there is a screen that has it. */
  readonly onTerminal?: (suspend: (work: () => void) => Promise<void>) => void
}

/** Tells how wide the terminal is right now. */
interface Terminal {
  readonly columns?: number
}

/**
 * The one component. It draws the lines that the store painted and hands on keys; one root `useInput`, because keys
 * are lost when input moves from component to component.
 */
export function Console({store, monotonic, terminal, onTerminal}: ConsoleProps) {
  const {suspendTerminal} = useApp()
  useEffect(() => onTerminal?.(work => suspendTerminal(work)), [onTerminal, suspendTerminal])
  const lines = useSyncExternalStore(store.subscribe, store.lines)
  useInput((input, key) => {
    if (key.eventType === 'release') return
    for (const name of keyNames(input, key)) store.dispatch({type: 'key', key: name, at: monotonic()})
  })
  usePaste(text => store.dispatch({type: 'paste', text, at: monotonic()}))
  const {columns} = store.state()
  return (
    <Box flexDirection="column">
      {lines.map((text, y) => (
        <Row key={y} text={text} columns={columns} terminal={terminal} />
      ))}
    </Box>
  )
}

interface RowProps {
  readonly text: string
  /** Columns that the text was painted for. */
  readonly columns: number
  readonly terminal: Terminal
}

/**
 * One painted line. It is put in by a transform because its width is known: measuring it again was half of the cost of
 * a frame. Between a resize and the next paint a line may be too long for the terminal; then it is left out, since a
 * line that wraps would move all others.
 */
const Row = memo(function Row({text, columns, terminal}: RowProps) {
  const put = useCallback(() => ((terminal.columns ?? columns) < columns ? '' : text), [text, columns, terminal])
  return (
    <Box height={1} flexShrink={0}>
      <Transform transform={put}>
        <Text>{PLACEHOLDER}</Text>
      </Transform>
    </Box>
  )
})

/** Stands for the line while Ink lays it out. */
const PLACEHOLDER = '-'
