import {expect, test} from 'vitest'
import {randomFrom} from '../../../test/program/random.ts'
import type {Alert} from '../state.ts'
import {matchesAlert, matcherWords} from './matcher.ts'
import {isSilencedBy} from './silence.ts'
import {newSilence} from './silences.ts'

// oxlint-disable-next-line no-control-regex -- what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const HOSTILE = [
  '',
  '*',
  '**********************************a',
  'x'.repeat(20_000),
  '\u001b[2J\u001b]0;owned\u0007\r\nFIRING critical',
  '\u202ednuora\u2066 \u0000\ud800',
  '__proto__',
  'constructor',
  '(a+)+$',
  'service/web',
  'down',
] as const

const alert = {
  id: 'down:service/prod/web',
  rule: 'down',
  target: 'service/prod/web',
  environment: 'prod',
  name: 'web',
  severity: 'critical',
  since: 1,
  labels: {team: 'shop'},
} as unknown as Alert

test('of 2,000 hostile silences none breaks a line, and none holds an alert that it does not name', () => {
  const random = randomFrom(20_261_127)
  const pick = (): string => HOSTILE[Math.floor(random() * HOSTILE.length)] ?? ''
  const some = (): readonly string[] | undefined => (random() < 0.4 ? undefined : [pick(), pick()])
  for (let round = 0; round < 2_000; round += 1) {
    const matcher = {
      rules: some(),
      on: some(),
      environments: some(),
      labels: random() < 0.4 ? undefined : (JSON.parse(`{${JSON.stringify(pick())}: ${JSON.stringify(pick())}}`) as {}),
    }
    const silence = newSilence({matcher, author: 'ann', reason: pick(), forMs: 60_000}, 1)
    const said = JSON.stringify(matcher).slice(0, 300)
    const words = matcherWords(matcher)
    expect([CONTROL.test(words), CONTROL.test(silence.reason)], said).toEqual([false, false])
    expect(
      [words.length, silence.reason.length].every(length => length <= 600),
      said,
    ).toBe(true)
    const named = (list: readonly string[] | undefined, value: string): boolean =>
      list === undefined || list.some(each => each === value || each === '*')
    const labels = Object.entries(matcher.labels ?? {}).every(([name, value]) =>
      name === 'team' ? value === 'shop' || value === '*' : value === '' || value === '*',
    )
    const meant =
      named(matcher.rules, 'down') && named(matcher.on, 'service/web') && named(matcher.environments, 'prod') && labels
    expect([matchesAlert(matcher, alert), isSilencedBy(alert, silence)], said).toEqual([meant, meant])
  }
})
