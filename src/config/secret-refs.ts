import {z} from 'zod'
import type {SecretRef} from './fields.ts'
import {type Config, configSchema} from './schema.ts'

export interface PlacedSecret {
  /** `databases/0/url` */
  readonly path: string
  readonly ref: SecretRef
}

/** Every secret that a configuration refers to, wherever its schema says that there is one. */
export const secretRefs = (config: Config): PlacedSecret[] => refsIn(configSchema, config, '')

function refsIn(schema: z.core.$ZodType, value: unknown, path: string): PlacedSecret[] {
  if (value === undefined) return []
  if (z.globalRegistry.get(schema)?.['shape'] === 'secret') return [{path: path.slice(1), ref: value as SecretRef}]
  return partsOf(schema, value).flatMap(([step, part, inside]) => refsIn(part, inside, path + step))
}

type Part = readonly [step: string, schema: z.core.$ZodType, value: unknown]

/** What a value consists of by its schema; of a choice by `type`, as the value chose. Other choices are no sections. */
function partsOf(schema: z.core.$ZodType, value: unknown): Part[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return [['', schema.def.innerType, value]]
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const chosen = schema.options.find(({_zod}) => _zod.propValues?.['type']?.has((value as {type: string}).type))
    return chosen ? [['', chosen, value]] : []
  }
  const entries = Object.entries(value as object)
  if (schema instanceof z.ZodArray) return entries.map(([at, item]) => [`/${at}`, schema.element, item])
  if (schema instanceof z.ZodRecord) return entries.map(([key, item]) => [`/${key}`, schema.valueType, item])
  if (!(schema instanceof z.ZodObject)) return []
  const shape: Readonly<Record<string, z.core.$ZodType | undefined>> = schema.shape
  return entries.flatMap(([key, item]) => (shape[key] ? [[`/${key}`, shape[key], item]] : []))
}
