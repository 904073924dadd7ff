import {expect, test} from 'vitest'
import {type Notes, markerReader} from './remote-notes.ts'

const MARK = 'opsconsole-0123'

function sifted(chunks: readonly string[]): {readonly text: string; readonly notes: Partial<Notes>} {
  let notes: Partial<Notes> = {}
  const reader = markerReader(MARK, more => {
    notes = {...notes, ...more}
  })
  const parts = chunks.map(chunk => reader.push(Buffer.from(chunk)))
  return {text: Buffer.concat([...parts, reader.rest()]).toString(), notes}
}

test.each([
  ['before and after', `${MARK} began 7 7\nout\n${MARK} ended 3\n`, 'out\n', {began: {pid: 7, group: 7}, ended: 3}],
  ['after a line without its end', `no end${MARK} ended 0\n`, 'no end', {ended: 0}],
  ['as a terminal writes them', `${MARK} began 7 7\r\nout\r\n`, 'out\r\n', {began: {pid: 7, group: 7}}],
  ['after what a login shell says', `Welcome\n${MARK} began 7 7\n`, 'Welcome\n', {began: {pid: 7, group: 7}}],
  ['a group that is not its own', `${MARK} began 7 5\n`, '', {began: {pid: 7, group: undefined}}],
  ['a group that could not be told', `${MARK} began 7 0\n`, '', {began: {pid: 7, group: undefined}}],
])('notes are taken out: %s, in any chunking', (_, text, rest, notes) => {
  expect(sifted([text])).toEqual({text: rest, notes})
  expect(sifted(text.split(''))).toEqual({text: rest, notes})
  for (let at = 1; at < text.length; at += 1)
    expect(sifted([text.slice(0, at), text.slice(at)])).toEqual({text: rest, notes})
})

test.each([
  MARK,
  `${MARK} `,
  `${MARK} began`,
  `${MARK} says nothing\nmore`,
  `${MARK} ended x\n`,
  `${MARK} ${'y'.repeat(300)}`,
  `ops opsconsole opsconsole- opsconsole-0 ${MARK}${MARK} opsconsole-012`,
])('what only looks like one stays: %j', text => {
  expect(sifted([text])).toEqual({text, notes: {}})
  expect(sifted(text.split(''))).toEqual({text, notes: {}})
})
