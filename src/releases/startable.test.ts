import {describe, expect, test} from 'vitest'
import {forgetfulMemory} from '../kinds/memory.ts'
import type {ReleaseContext} from './context.ts'
import {releaseSchema} from './config.ts'
import type {Startable} from './instances/startable.ts'
import {noteKept} from './left.ts'
import {previousOrCold, startable} from './startable.ts'
import type {InstanceView, SlotView} from './views.ts'

/** A release whose driver answers so for each instance of blue; without answers it has no check. */
function release(answers?: Readonly<Record<string, Startable>>) {
  const memory = forgetfulMemory()
  const context = {
    config: releaseSchema.parse({
      name: 'web',
      traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
      instances: {type: 'command', deploy: ['none'], stop: ['none']},
      slots: ['blue', 'green'].map(name => ({
        name,
        instances: ['1', '2'].map(nth => ({name: `${name}${nth}`, url: `http://${name}${nth}`})),
      })),
    }),
    instances:
      answers === undefined
        ? {}
        : {
            startable: async ({instance}: {readonly instance: string}) =>
              answers[instance] ?? {ok: true, reason: 'yes'},
          },
    tools: {memory, environment: {name: 'shop'}, signal: new AbortController().signal, clock: {now: () => 2_000}},
  } as unknown as ReleaseContext
  return {context, memory}
}

const no = {ok: false, reason: '/srv/1.0 on app2 is not there'}
const silent = {ok: undefined, reason: '/srv/1.0 on app1 does not answer'}

describe('whether a version could be started again', () => {
  test.each([
    ['no check', undefined, undefined, 'whether 1.0 could be started again is not known: it would have to be started'],
    [
      'yes',
      {blue1: {ok: true, reason: 'image web:1.0 is on this host'}},
      true,
      '1.0 could be started again: image web:1.0 is on this host',
    ],
    ['one cannot', {blue1: silent, blue2: no}, false, '1.0 could not be started again: /srv/1.0 on app2 is not there'],
    [
      'one does not answer',
      {blue1: silent},
      undefined,
      'whether 1.0 could be started again is not known: /srv/1.0 on app1 does not answer',
    ],
  ] as const)('%s', async (_words, answers, ok, reason) => {
    expect(await startable(release(answers).context, 'blue', '1.0')).toEqual({ok, reason})
  })
})

const instance = (name: string, state: InstanceView['state']) => ({id: name, state, reason: 'does not answer'})
const slots = [
  {name: 'blue', role: 'idle', version: undefined, instances: ['blue1', 'blue2'].map(name => instance(name, 'down'))},
  {name: 'green', role: 'live', version: '2.0', instances: ['green1', 'green2'].map(name => instance(name, 'up'))},
] as unknown as readonly SlotView[]

describe('a version before that was ended', () => {
  const kept = {slot: 'blue', version: '1.0', until: 1_000, run: 'r-1', ended: 1_000}
  test.each([
    [
      'that can be started',
      {},
      /ended at .*; 1\.0 could be started again/,
      /opsconsole run deploy -e shop -p release=web -p version=1\.0/,
    ],
    ['of which nobody knows', undefined, /ended at .*; whether 1\.0 could be .* not known/, /opsconsole run deploy/],
    ['that is gone', {blue2: no}, /could not be started again: \/srv\/1\.0/, /Make 1\.0 available again/],
  ] as const)('%s is named, with what is to be done', async (_words, answers, message, hint) => {
    const {context, memory} = release(answers)
    noteKept(memory, 'release/shop/web', kept)
    await expect(previousOrCold(context, slots, false)).rejects.toMatchObject({
      code: 'release/not-ready',
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
    })
  })

  test('one that died is not taken for one that was ended', async () => {
    const {context, memory} = release({})
    noteKept(memory, 'release/shop/web', {...kept, ended: null})
    await expect(previousOrCold(context, slots, false)).rejects.toThrow(
      'there is nothing to go back to: blue1 does not answer',
    )
  })
})
