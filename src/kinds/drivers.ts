import {z} from 'zod'
import type {DoctorTools, Driver, DriverSchema, Program} from './define-driver.ts'
import type {Issue} from './issue.ts'
import {knownByType} from './late-object.ts'
import type {Places} from './places.ts'
import type {Check} from './verdict.ts'

type AnyDriver = Driver<DriverSchema, never, unknown>
type List = readonly [AnyDriver, ...AnyDriver[]]
type Schemas<All extends List> = {-readonly [Index in keyof All]: All[Index]['schema']}
type SpecOf<All extends List> = z.output<All[number]['schema']>
type ToolsOf<All extends List> = All[number] extends Driver<infer _Schema, infer Tools, unknown> ? Tools : never
type OpenedOf<All extends List> = ReturnType<Awaited<ReturnType<All[number]['load']>>>
type Open<All extends List> = (spec: SpecOf<All>, tools: ToolsOf<All>) => OpenedOf<All>
type Examples<All extends List> = readonly [ExampleOf<All>, ...ExampleOf<All>[]]
type ExampleOf<All extends List> = All[number]['example']

/** All drivers of one kind. Each question is answered by the driver that the `type` of a section names. */
export interface Drivers<All extends List> {
  readonly types: readonly All[number]['type'][]
  /** The choice by `type` between the drivers' schemas. */
  readonly schema: z.ZodDiscriminatedUnion<Schemas<All>, 'type'>
  /** The first is of the driver that is named first. */
  readonly examples: Examples<All>
  /** Loads the drivers of these types, or all, and gives what opens each. */
  load(types?: Iterable<All[number]['type']>): Promise<Open<All>>
  /** The section with its relative paths resolved. */
  paths<Spec extends SpecOf<All>>(spec: Spec, places: Places): Spec
  check(spec: SpecOf<All>): readonly Issue[]
  /** Undefined: the driver talks to nothing that has an address. */
  address(spec: SpecOf<All>): string | undefined
  doctor(spec: SpecOf<All>, tools: DoctorTools): Promise<readonly Check[]>
  programs(spec: SpecOf<All>): readonly Program[]
}

/** The registry of a kind: `drivers([haproxy, nginx])`. */
export function drivers<const All extends List>(all: All): Drivers<All> {
  type Spec = SpecOf<All>
  type Any = Driver<DriverSchema, ToolsOf<All>, OpenedOf<All>>
  const byType = new Map(all.map(driver => [driver.type, driver as Any]))
  const of = ({type}: Spec): Any => {
    const driver = byType.get(String(type))
    // The schema has let no other type pass.
    if (driver === undefined) throw new TypeError(`there is no driver ${String(type)}`)
    return driver
  }
  return {
    types: all.map(({type}) => type),
    schema: z.discriminatedUnion('type', all.map(({schema, type}) => knownByType(schema, type)) as Schemas<All>),
    examples: all.map(({example}) => example) as [ExampleOf<All>, ...ExampleOf<All>[]],
    load: async types => {
      const wanted = new Set(types ?? byType.keys())
      const opens = new Map<Any, Awaited<ReturnType<Any['load']>>>()
      for (const driver of byType.values()) if (wanted.has(driver.type)) opens.set(driver, await driver.load())
      return (spec, tools) => {
        const open = opens.get(of(spec))
        if (open === undefined) throw new TypeError(`the driver ${String(spec.type)} is not loaded`)
        return open(spec, tools)
      }
    },
    paths: (spec, places) => (of(spec).paths?.(spec, places) ?? spec) as typeof spec,
    check: spec => of(spec).check?.(spec) ?? [],
    address: spec => of(spec).address?.(spec),
    doctor: async (spec, tools) => (await of(spec).doctor?.(spec, tools)) ?? [],
    programs: spec =>
      (of(spec).programs ?? []).map(each => {
        const named = each.key === undefined ? undefined : (spec as Readonly<Record<string, unknown>>)[each.key]
        return typeof named === 'string' ? {...each, program: named} : each
      }),
  }
}
