import {expect, test} from 'vitest'
import {execProgram} from '../../../processes/run.ts'
import {openCommandInstances} from './command.ts'
import {commandInstancesSchema} from './schema.ts'

const open = (check: readonly string[] | undefined) =>
  openCommandInstances(
    commandInstancesSchema.parse({type: 'command', deploy: ['true'], stop: ['true'], ...(check && {check})}),
    {exec: execProgram, directory: '/'},
  )

test.each([
  [0, true, 'says yes'],
  [1, false, 'says no'],
  [7, undefined, 'does not answer'],
])('a check that ends with %i: %s', async (exitCode, ok, words) => {
  const check = ['sh', '-c', `test "$1 $2" = "blue1 1.2.0" && exit ${exitCode}`, 'check', '{instance}', '{version}']
  const answer = await open(check).startable?.({slot: 'blue', instance: 'blue1'}, '1.2.0', AbortSignal.timeout(60_000))
  expect(answer).toEqual({ok, reason: expect.stringMatching(new RegExp(`blue1 1\\.2\\.0 ${words}$`)) as string})
})

test('without a check nobody is asked, and a program that is missing is named beforehand', async () => {
  expect(open(undefined).startable).toBeUndefined()
  expect(await open(['/none/check']).obstacles()).toMatchObject([{what: expect.stringContaining('check') as string}])
})
