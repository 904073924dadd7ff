import {expect, expectTypeOf, test} from 'vitest'
import {z} from 'zod'
import {knownByType, lateObject} from './late-object.ts'

function counted() {
  let made = 0
  const schema = lateObject(() => {
    made += 1
    return {type: z.literal('lamp'), watts: z.number().default(40).describe('How bright')}
  })
  return {schema, made: () => made}
}

test('keys are made when something is read by them, and once', () => {
  const {schema, made} = counted()
  const list = z.strictObject({lamps: z.array(schema).default([]).describe('All'), one: schema.optional()})
  expect(list.parse({})).toEqual({lamps: []})
  expect(made()).toBe(0)
  expect(list.parse({lamps: [{type: 'lamp'}], one: {type: 'lamp', watts: 5}})).toEqual({
    lamps: [{type: 'lamp', watts: 40}],
    one: {type: 'lamp', watts: 5},
  })
  expect(made()).toBe(1)
})

test('it is the strict object that it would have been', () => {
  const {schema} = counted()
  const usual = z.strictObject({type: z.literal('lamp'), watts: z.number().default(40).describe('How bright')})
  const wrong = {type: 'lamp', watt: 5}
  expect(schema.safeParse(wrong).error?.issues).toEqual(usual.safeParse(wrong).error?.issues)
  expect(schema).toBeInstanceOf(z.ZodObject)
  expect(Object.keys(schema.shape)).toEqual(['type', 'watts'])
  expect(z.toJSONSchema(schema)).toEqual(z.toJSONSchema(usual))
  expect(z.toJSONSchema(schema.describe('A lamp'))).toEqual(z.toJSONSchema(usual.describe('A lamp')))
  const [extended, refined] = [schema.extend({at: z.string()}), schema.refine(({watts}) => watts > 1)]
  expect(extended.parse({type: 'lamp', at: 'desk'})).toEqual({type: 'lamp', watts: 40, at: 'desk'})
  expect([refined.safeParse({type: 'lamp', watts: 1}).success, refined.safeParse({type: 'lamp'}).success]).toEqual([
    false,
    true,
  ])
  expectTypeOf<z.output<typeof schema>>().toEqualTypeOf<z.output<typeof usual>>()
})

test('a choice by type makes the keys of what was chosen only', () => {
  const {schema, made} = counted()
  const other = lateObject(() => ({type: z.literal('candle')}))
  const choice = z.discriminatedUnion('type', [knownByType(schema, 'lamp'), knownByType(other, 'candle')])
  expect(choice.parse({type: 'candle'})).toEqual({type: 'candle'})
  expect(choice.safeParse({type: 'sun'}).error?.issues).toMatchObject([{code: 'invalid_union', path: ['type']}])
  expect(made()).toBe(0)
  expect(choice.parse({type: 'lamp'})).toEqual({type: 'lamp', watts: 40})
  expect(made()).toBe(1)
})
