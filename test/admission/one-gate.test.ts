import {expect, test} from 'vitest'
import {isTest, readSources} from '../architecture/sources.ts'

const sources = readSources('src').filter(({file}) => !isTest(file))
const saying = (pattern: RegExp): readonly string[] =>
  sources.filter(({text}) => pattern.test(text)).map(({file}) => file)

test('intents are written by the gate for single changes, and by the engine for what a run does', () => {
  const engine = ['execute', 'host-record', 'pass-step', 'record', 'resume', 'run-locks', 'undo'].map(
    file => `src/runbooks/${file}.ts`,
  )
  expect(saying(/\bphase: 'intent'(?! \|)/)).toEqual(['src/admission/gate.ts', ...engine])
})

test('nobody but a rule decides by the policy, by protection or by the flag', () => {
  expect(saying(/policy\??\.readOnly/)).toEqual(['src/admission/rules/read-only-policy.ts'])
  expect(saying(/environment\??\.protected \?|environment\??\.protected &&|if \(environment\??\.protected/)).toEqual([
    'src/admission/needed-consent.ts',
    'src/commands/status/show.ts', // in words
    'src/tui/screens/header.ts', // in colour
  ])
  expect(saying(/readOnlyFlag/)).toEqual([
    'src/admission/decision.ts',
    'src/admission/rules.ts',
    'src/admission/rules/read-only-flag.ts',
    'src/app/app-gate.ts',
  ])
  expect(saying(/flags\['read-only'\]/)).toEqual(['src/cli.ts', 'src/commands/run/start.ts'])
})

test('what tells a run, takes a lock or an alert away, or hands a terminal over stands beside the gate', () => {
  for (const {file, text} of sources) {
    const changing = /\.leave\(\{|\bforceRelease\(lock\)\s*$|\backnowledgeAlert\(runbook|\breturn handOver\(/m
    if (!changing.test(text) || file.startsWith('src/store/')) continue
    expect({file, gate: /carryOut\(|gate\.admit\(|context\.change\(/.test(text)}).toEqual({file, gate: true})
  }
})
