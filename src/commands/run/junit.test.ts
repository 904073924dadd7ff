import {spawnSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {emptyRun, type RunState} from '../../runbooks/state.ts'
import {junitXml} from './junit.ts'

const failed = (reason: string): RunState => ({
  ...emptyRun('r1'),
  outcome: 'failed',
  endReason: reason,
  steps: [{step: {id: 'a', index: 0, title: reason}, state: 'failed', reason, attempt: 1} as never],
})

/** Every character that is not a plain letter: controls, both non-characters of each plane, lone surrogates, emoji. */
const STRANGE = [
  ...Array.from({length: 0xa0}, (_, code) => String.fromCharCode(code)),
  '\u00a0\u2028\ufdd0\ufeff\ufffd\ufffe\uffff\ud800\udc00 \ud800 \udfff',
  ...Array.from({length: 17}, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff)),
  '😀]]>&amp;<!--',
].join('')

test('characters that XML forbids are named, the others are kept', () => {
  const xml = junitXml(failed('bad \ufffe byte \u0000 \ud800 end 😀 \t\n'))
  expect(xml).toContain('bad &lt;U+FFFE&gt; byte &lt;U+0000&gt; &lt;U+D800&gt; end 😀 &#9;&#10;')
})

/** The production Char of XML 1.0, by numbers. */
const isChar = (code: number): boolean =>
  code === 0x9 ||
  code === 0xa ||
  code === 0xd ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

test('whatever a step says, the file holds what XML 1.0 allows, before and after a parser resolved it', () => {
  const xml = junitXml(failed(STRANGE))
  const references = [...xml.matchAll(/&#(\d+);/g)].map(([, code]) => Number(code))
  expect(Array.from(xml, character => character.codePointAt(0) ?? 0).filter(code => !isChar(code))).toEqual([])
  expect(references.filter(code => !isChar(code))).toEqual([])
  expect(xml.replaceAll(/&(?:amp|lt|gt|quot|#\d+);/g, '')).not.toContain('&')
})

test('and a parser takes it', () => {
  const parse = 'import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())'
  const {error, stderr} = spawnSync('python3', ['-c', parse], {input: junitXml(failed(STRANGE)), encoding: 'utf8'})
  expect({error, stderr}).toEqual({stderr: ''})
})
