import {expect, test} from 'vitest'
import {compareSnapshot} from './compare-snapshot.ts'
import type {TreeEntry} from './tree.ts'

const entry = (path: string, changes: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  type: 'file',
  mode: 0o644,
  owner: '0:0',
  bytes: 3,
  modifiedMs: 0,
  sha256: '',
  ...changes,
})
async function* linesOf(...nodes: readonly Record<string, unknown>[]): AsyncGenerator<string> {
  yield JSON.stringify({struct_type: 'snapshot', id: 'abc'})
  for (const node of nodes) yield JSON.stringify({struct_type: 'node', type: 'file', size: 3, ...node})
}

test('what the list has and the snapshot has not is a fault, and so is another size or type', async () => {
  const entries = [entry('gone'), entry('short'), entry('link'), entry('same')]
  const lines = linesOf(
    {path: '/srv', type: 'dir'},
    {path: '/srv/d/short', size: 2},
    {path: '/srv/d/link', type: 'symlink'},
    {path: '/srv/d/same'},
    {path: '/srv/d/socket', type: 'socket'},
    {path: '/srv/dx'},
  )
  expect(await compareSnapshot(entries, '/srv/d', lines)).toEqual({
    faults: ['short has 2 of 3 bytes in the snapshot', 'link is a link in the snapshot', 'gone is not in the snapshot'],
    extra: [],
  })
})

test('what changed while it was copied is no fault, and what was there only meanwhile is named', async () => {
  const entries = [entry('changed', {unproved: 'changed'}), entry('vanished', {unproved: 'vanished'})]
  const lines = linesOf({path: '/srv/d/changed', size: 9}, {path: '/srv/d/passing'})
  expect(await compareSnapshot(entries, '/srv/d', lines)).toEqual({faults: [], extra: ['passing']})
})

test('names that are not UTF-8 are found though restic does not write them as they are', async () => {
  // Go writes a replacement character for each byte, Node one for each sequence that was begun.
  const lines = linesOf({path: '/srv/d/b\uFFFD\uFFFD'})
  expect(await compareSnapshot([entry('b\xe2\x82')], '/srv/d', lines)).toEqual({faults: [], extra: []})
})
