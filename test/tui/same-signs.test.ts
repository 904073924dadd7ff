import {expect, test} from 'vitest'
import {stateWords} from '../../src/commands/status/state-words.ts'
import {statusWord} from '../../src/tui/components/status-word.ts'

test.each(['degraded', 'down', 'no data'] as const)(
  '%s has the same sign in what commands print and on the screens',
  state => {
    expect(stateWords(state)).toBe(
      statusWord(state)
        .map(({text}) => text)
        .join(''),
    )
  },
)
