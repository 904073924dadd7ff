import {expect, test} from 'vitest'
import {listText, parseList} from './list-text.ts'
import {compareTrees, type TreeEntry} from './tree.ts'

const file = (changes: Partial<TreeEntry> = {}): TreeEntry => ({
  path: 'a',
  type: 'file',
  mode: 0o644,
  owner: '0:0',
  bytes: 3,
  modifiedMs: 1_700_000_000_123,
  sha256: 'ab'.repeat(32),
  ...changes,
})
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test.each([1, 7, 10_000])('a list of odd names is read as it was written, in pieces of %i bytes', async size => {
  const entries = [
    file({path: '', type: 'directory', sha256: ''}),
    file({path: 'not \xff utf-8 caf\xc3\xa9'}),
    file({path: 'two\nlines # and \\ and \r'}),
    file({path: '# not a comment', unproved: 'changed while it was copied'}),
  ]
  expect(await parseList(inPieces(Buffer.concat([...listText(entries)]), size))).toEqual(entries)
})

test('half a list is not a list', async () => {
  const bytes = Buffer.concat([...listText([file()])])
  await expect(parseList(inPieces(bytes.subarray(0, -1), 50))).rejects.toThrow('cut short')
})

test.each([
  ['nothing', {}, undefined],
  ['another sum', {sha256: 'cd'.repeat(32)}, 'other content'],
  ['another size', {bytes: 4}, '4 bytes instead of 3'],
  ['another type', {type: 'special'}, 'a special instead of a file'],
  ['another mode', {mode: 0o4755}, 'mode 4755 instead of 0644'],
  ['another owner', {owner: '1:1'}, 'of 1:1 instead of 0:0'],
  ['another time', {modifiedMs: 5}, 'another time of change'],
] as const)('%s in a restored file is a difference', (_name, changes, reason) => {
  const found = compareTrees([file()], [file(changes)], {owners: true})
  expect(found.map(difference => difference.reason)).toEqual(reason === undefined ? [] : [reason])
})

test('owners are not compared where they could not be restored, nor what changed while it was copied', () => {
  expect(compareTrees([file()], [file({owner: '1:1'})], {owners: false})).toEqual([])
  expect(compareTrees([file({unproved: 'changed'})], [], {owners: true})).toEqual([])
  expect(compareTrees([file()], [], {owners: true})).toEqual([{table: 'a', reason: 'missing'}])
  expect(compareTrees([], [file()], {owners: true})).toEqual([{table: 'a', reason: 'not in the backup'}])
})
