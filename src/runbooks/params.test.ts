import {expect, test} from 'vitest'
import {z} from 'zod'
import {runbook} from './define.ts'
import {describeParams} from './params.ts'

test('what may be written as text or as a boolean is a boolean, with its default', async () => {
  const described = await describeParams(
    runbook({
      name: 'two',
      summary: 'Two ways',
      danger: 'safe',
      params: z.object({
        either: z.stringbool().or(z.boolean()).default(true).describe('Either'),
        text: z.string().default('a'),
        open: z.string().or(z.number()).optional(),
      }),
      plan: () => [],
    }),
  )
  expect(described.map(({name, type, fallback, required}) => ({name, type, fallback, required}))).toEqual([
    {name: 'either', type: 'boolean', fallback: 'true', required: false},
    {name: 'text', type: 'string', fallback: 'a', required: false},
    {name: 'open', type: 'string', fallback: undefined, required: false},
  ])
})
