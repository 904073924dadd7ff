import {z} from 'zod'
import {once} from '../units/once.ts'

/**
 * A strict object whose keys are made when one is first asked for. A command makes the schemas of the whole configuration at
 * its start, and reads a file that has few of its sections: those that it has not cost nothing this way.
 */
export function lateObject<const Shape extends z.core.$ZodLooseShape>(
  shape: () => Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const made = once(shape)
  const definition = {
    type: 'object' as const,
    get shape() {
      // As zod does with keys that it was given.
      Object.defineProperty(definition, 'shape', {value: made()})
      return made()
    },
    catchall: NOTHING_ELSE,
  }
  return new z.ZodObject(definition) as z.ZodObject<Shape, z.core.$strict>
}

const NOTHING_ELSE = z.never()

/** The same object as a choice by its `type`, which is known without its keys. */
export function knownByType<Schema extends z.ZodObject>(schema: Schema, type: string): Schema {
  Object.defineProperty(schema._zod, 'propValues', {value: {type: new Set([type])}, configurable: true})
  return schema
}
