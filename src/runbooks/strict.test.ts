import {describe, expect, test} from 'vitest'
import {z} from 'zod'
import {testRunbook} from '../authoring/test-runbook.ts'
import {type Guard, runbook, type Step} from './define.ts'
import {CONFIRM_KEYS, GUARD_KEYS, RUNBOOK_KEYS, STEP_KEYS, WHEN_KEYS} from './known-keys.ts'
import {requireRunbook} from './strict.ts'

const good = {name: 'unit', summary: 'Good', danger: 'disruptive', plan: () => []} as const
const step: Step = {id: 'one', title: 'One', run: async () => {}}

/** The slip of a finger: the last letter twice. */
const slip = (key: string): string => key + key.at(-1)

const refusal = (more: object): string => {
  try {
    requireRunbook({...good, ...more}, 'x.ts')
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
/** What planning it says. */
const planned = (own: object, guard?: object): Promise<unknown> => {
  const guards = guard === undefined ? [] : [guard as Guard]
  return testRunbook(runbook({...good, guards: () => guards, plan: () => [own as Step]}))
}

describe('every key with a slip is refused with the one that was meant', () => {
  test.each(RUNBOOK_KEYS)('of a runbook: %s', key => {
    expect(refusal({[slip(key)]: 1})).toBe(`x.ts: ${slip(key)} is not a key of a runbook, did you mean ${key}?`)
  })
  test.each(STEP_KEYS)('of a step: %s', async key => {
    await expect(planned({...step, [slip(key)]: 1})).rejects.toThrow(
      `${slip(key)} is not a key of a step, did you mean ${key}?`,
    )
  })
  test.each(CONFIRM_KEYS)('of a question: %s', async key => {
    const confirm = {text: 'Sure?', [slip(key)]: 'x'}
    await expect(planned({...step, confirm})).rejects.toThrow(
      `${slip(key)} is not a key of confirm, did you mean ${key}?`,
    )
  })
  test.each(WHEN_KEYS)('of when: %s', async key => {
    const when = {ok: true, reason: '', [slip(key)]: 'x'}
    await expect(planned({...step, when})).rejects.toThrow(`${slip(key)} is not a key of when, did you mean ${key}?`)
  })
  test.each(GUARD_KEYS)('of a guard: %s', async key => {
    const guard = {id: 'g', title: 'G', condition: async () => true, [slip(key)]: 1}
    await expect(planned(step, guard)).rejects.toThrow(`${slip(key)} is not a key of a guard, did you mean ${key}?`)
  })
  test.each(['lock', 'confrim', 'verfy', 'onFailur', 'tpye', 'timeOut'])('as they were found: %s', async key => {
    const said = [
      refusal({[key]: 1}),
      String(await planned({...step, [key]: 1}).catch(String)),
      String(await planned({...step, confirm: {text: 'x', [key]: 1}}).catch(String)),
    ]
    expect(said.join('\n')).toMatch(/did you mean (locks|confirm|verify|onFailure|type|timeout)\?/)
  })
})

describe('every word with a slip is refused, and its field named', () => {
  test.each([
    [
      {danger: 'destructiv'},
      'danger should be one of safe, disruptive, destructive, got "destructiv", did you mean destructive?',
    ],
    [{danger: undefined}, ''],
    [{onFailure: 'undoo'}, 'onFailure should be one of undo, leave, got "undoo", did you mean undo?'],
    [
      {params: z.object({token: z.string().meta({secert: true})})},
      'parameter token: secert is not a word for a parameter, did you mean secret?',
    ],
    [{params: z.object({token: z.string().meta({secret: true}).describe('A token')})}, ''],
  ])('of a runbook: %j', (more, message) => {
    expect(refusal(more)).toBe(message === '' ? '' : `x.ts: ${message}`)
  })
  test.each([
    [{mode: 'assisted '}, 'mode should be one of automatic, assisted, got "assisted ", did you mean assisted?'],
    [{onUnknown: 'reruns'}, 'onUnknown should be one of ask, recheck, rerun, got "reruns", did you mean rerun?'],
    [{danger: 'safee'}, 'danger should be one of safe, disruptive, destructive, got "safee", did you mean safe?'],
  ])('of a step: %j', async (more, message) => {
    await expect(planned({...step, ...more})).rejects.toThrow(message)
  })
})
