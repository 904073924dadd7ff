import {expect, expectTypeOf, test} from 'vitest'
import {z} from 'zod'
import {systemClock} from '../units/clock.ts'
import {defineDriver, type DoctorTools} from './define-driver.ts'
import {drivers} from './drivers.ts'
import {checkExpression} from './issue.ts'
import {ok} from './verdict.ts'

interface Lamp {
  readonly shines: string
}
interface LampTools {
  readonly colour: string
}

const candle = defineDriver({
  type: 'candle',
  schema: z.strictObject({
    type: z.literal('candle'),
    wick: z.string(),
    match: z.string().optional(),
    lighter: z.string().optional(),
  }),
  load:
    async () =>
    ({wick}, {colour}: LampTools): Lamp => ({shines: `${colour} on ${wick}`}),
  paths: (spec, places) => ({...spec, wick: places.file(spec.wick)}),
  check: ({match}) => checkExpression(['match'], match),
  address: ({wick}) => wick,
  doctor: async ({wick}, {name}) => [ok(name, `${wick} is dry`)],
  programs: [{program: 'matches', why: 'lighting', debian: 'matches', needed: true, key: 'lighter'}],
  example: {spec: {type: 'candle', wick: 'wick', match: '^.'}},
})
const bulb = defineDriver({
  type: 'bulb',
  schema: z.strictObject({type: z.literal('bulb'), watts: z.number().default(40)}),
  load:
    async () =>
    ({watts}, {colour}: LampTools): Lamp => ({shines: `${colour} with ${watts} W`}),
  example: {entry: {name: 'desk'}, spec: {type: 'bulb', watts: 60}},
})
const lamps = drivers([candle, bulb])
type LampSpec = z.output<typeof lamps.schema>

test('a section is opened by the driver that its type names, with its defaults', async () => {
  const open = await lamps.load()
  expect(lamps.types).toEqual(['candle', 'bulb'])
  expect(open(lamps.schema.parse({type: 'bulb'}), {colour: 'white'})).toEqual({shines: 'white with 40 W'})
  expect(open({type: 'candle', wick: 'a'}, {colour: 'red'})).toEqual({shines: 'red on a'})
})

test('only drivers whose types are wanted are loaded', async () => {
  const open = await lamps.load(['bulb'])
  expect(open({type: 'bulb', watts: 60}, {colour: 'white'})).toEqual({shines: 'white with 60 W'})
  expect(() => open({type: 'candle', wick: 'a'}, {colour: 'red'})).toThrow('the driver candle is not loaded')
})

test('a type that no driver has is refused with those there are, and an unknown key with its driver', () => {
  const issuesOf = (value: unknown) => lamps.schema.safeParse(value).error?.issues
  expect(issuesOf({type: 'blub'})).toMatchObject([
    {code: 'invalid_union', discriminator: 'type', options: ['candle', 'bulb'], path: ['type']},
  ])
  expect(issuesOf({type: 'bulb', wick: 'a'})).toMatchObject([{code: 'unrecognized_keys', keys: ['wick'], path: []}])
})

test('questions go to the driver, and one that has no answer says so', async () => {
  const short: LampSpec = {type: 'candle', wick: 'short', match: '('}
  const plain: LampSpec = {type: 'bulb', watts: 1}
  const places = {file: (written: string) => `/etc/${written}`, program: (argv: string[]) => argv}
  const tools: DoctorTools = {
    name: 'lamp prod/desk',
    signal: new AbortController().signal,
    timeoutMs: 1,
    clock: systemClock,
    exec: () => Promise.reject(new Error('nothing to run')),
    secret: () => Promise.reject(new Error('no secret')),
  }
  expect(lamps.paths(short, places)).toEqual({type: 'candle', wick: '/etc/short', match: '('})
  expect(lamps.paths(plain, places)).toBe(plain)
  expect(lamps.check(short).map(({path, message}) => [path, message()])).toEqual([
    [['match'], expect.stringMatching(/^should be a regular expression: /)],
  ])
  expect(lamps.check(plain)).toEqual([])
  expect([lamps.address(short), lamps.address(plain)]).toEqual(['short', undefined])
  expect(await lamps.doctor(short, tools)).toEqual([ok('lamp prod/desk', 'short is dry')])
  expect(await lamps.doctor(plain, tools)).toEqual([])
  expect(lamps.programs(short).map(({program}) => program)).toEqual(['matches'])
  expect(lamps.programs({...short, lighter: '/opt/lighter'}).map(({program}) => program)).toEqual(['/opt/lighter'])
  expect(lamps.programs(plain)).toEqual([])
  expect(lamps.examples.map(({spec}) => lamps.schema.parse(spec).type)).toEqual(['candle', 'bulb'])
})

test('what is opened, and what it wants, is known to the types', () => {
  type Open = Awaited<ReturnType<typeof lamps.load>>
  expectTypeOf<Parameters<Open>>().toEqualTypeOf<[LampSpec, LampTools]>()
  expectTypeOf<ReturnType<Open>>().toEqualTypeOf<Lamp>()
  expectTypeOf<LampSpec['type']>().toEqualTypeOf<'candle' | 'bulb'>()
})
