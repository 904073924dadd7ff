import {z} from 'zod'
import {secret} from '../config/fields.ts'
import {once} from '../units/once.ts'
import {JSON_PATH} from './json-path.ts'

/** Where a value stands in what a program prints. */
export const jsonPath = (meaning: string) =>
  z
    .string()
    .regex(JSON_PATH, 'should be a path such as data.items[0].id, or empty for the whole document')
    .describe(meaning)

/** What every program of a platform may be given beside its arguments. */
export const platformFields = once(() => ({
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), secret('Value of the variable'))
    .default({})
    .describe('Environment variables of these programs, such as a token'),
  again: z
    .array(z.string().min(3))
    .default([])
    .describe('Words by which a program says that it asked too often: it is run again, later and later, until timeout'),
}))

export interface PlatformFields {
  readonly env: z.output<ReturnType<typeof platformFields>['env']>
  readonly again: readonly string[]
}
