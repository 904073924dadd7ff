import {expect, test} from 'vitest'
import {type RunReport, writeMarkdown} from './report.ts'

const reportOf = (text: string): RunReport => ({
  run: '20261127-000000-abcd',
  runbook: 'deploy',
  environment: 'dev',
  actor: text,
  from: text,
  reason: text,
  dryRun: false,
  params: {version: text},
  planHash: 'sha256:0',
  startedAt: '2026-11-27T00:00:00.000Z',
  outcome: 'failed',
  exitCode: 1,
  durationMs: 1,
  usualMs: undefined,
  why: text,
  steps: [{id: 'a', title: text, state: 'failed', durationMs: 1, usualMs: undefined, reason: text}],
  afterwards: [text],
  own: null,
})

/** With as many backslashes before it as leave it without a meaning. */
const loose = (markdown: string, character: string): readonly string[] =>
  [...markdown.matchAll(/(\\*)(.)/g)]
    .filter(([, before = '', found]) => found === character && before.length % 2 === 0)
    .map(([all]) => all)

test.each([
  ['<img src=x onerror=alert(1)>', '<'],
  [String.raw`\<script>alert(1)</script>`, '<'],
  [String.raw`\\\<b>`, '<'],
  ['[click](https://evil.example)', '['],
  [String.raw`![x](y) \[a](b) \\[c](d)`, '['],
  ['two\nlines\r\n| of | a table |', '<'],
])('%j becomes no HTML, no link and no row of a table wherever it stands', (text, character) => {
  const markdown = writeMarkdown(reportOf(text), '')
  expect(loose(markdown, character)).toEqual(character === '[' ? ['['] : []) // The box of the follow-up.
  expect(markdown).not.toMatch(/[^\\]:\/\//)
  const rows = markdown.split('\n').filter(line => line.startsWith('|'))
  expect(rows).toHaveLength(3)
  expect(loose(rows[2] ?? '', '|')).toHaveLength(6)
})
