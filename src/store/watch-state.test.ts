import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {openRunBench, request, RUN, started} from '../../test/runs/run-bench.ts'
import {openStore} from './open.ts'
import {watchState} from './watch-state.ts'

beforeEach(() => void vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']}))
afterEach(() => void vi.useRealTimers())

test('what another process changes is noticed, once', () => {
  const {context, runs, write} = openRunBench()
  const [own, other] = [openStore(context.stateDir), openStore(context.stateDir)]
  let changes = 0
  const seen = (): number => {
    vi.advanceTimersByTime(1000)
    const count = changes
    changes = 0
    return count
  }
  const watched = watchState({stateDir: context.stateDir, store: own, openRuns: () => [RUN]}, () => (changes += 1))
  expect(seen(), 'the first look').toBe(1)
  expect(seen()).toBe(0)
  runs.create(request)
  expect(seen(), 'a run').toBe(1)
  write(started())
  expect(seen(), 'its journal').toBe(1)
  other.database.exec('CREATE TABLE more (x)')
  expect(seen(), 'the store').toBe(1)
  watched.close()
  write({type: 'run-suspended', reason: ''})
  expect(seen(), 'nobody watches').toBe(0)
  own.close()
  other.close()
})

test('a state directory that cannot be read is no change', () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-watch-'))
  const store = openStore(stateDir)
  let changes = 0
  const openRuns = (): never => {
    throw new Error('gone')
  }
  const watched = watchState({stateDir, store, openRuns}, () => (changes += 1))
  vi.advanceTimersByTime(1000)
  expect(changes).toBe(0)
  watched.close()
  store.close()
  rmSync(stateDir, {recursive: true})
})
