import {z} from 'zod'
import {alertsSchema} from '../alerts/config.ts'
import {policySchema} from '../admission/config.ts'
import {freezeSchema} from '../admission/freezes/config.ts'
import {sharedLocksSchema} from '../runbooks/config.ts'
import {lateObject} from '../kinds/late-object.ts'
import {hotkeySchema, keysSchema} from './console-keys.ts'
import {environmentSchema} from './environment.ts'
import {type Entries, type Section, sectionSchemas} from './kinds.ts'

/** The whole file. Each section's schema lives with its owner, and the nouns are one list. */
export const configSchema = lateObject(() => ({
  project: z.string().min(1).max(40).default('opsconsole').describe('Name shown at the top of the screen'),
  environments: z.array(environmentSchema).min(1).describe('The environments; the first is the one shown first'),
  ...sectionSchemas(),
  alerts: alertsSchema.prefault({}).describe('Alert rules and channels'),
  sharedLocks: sharedLocksSchema.optional().describe('Locks that several hosts respect, kept in a PostgreSQL'),
  freezes: z.array(freezeSchema).default([]).describe('Times in which nothing disruptive or destructive begins'),
  policy: policySchema.prefault({}).describe('Safety rules'),
  keys: keysSchema().default({}),
  hotkeys: z.array(hotkeySchema).max(100).default([]).describe('Keys of your own in the console'),
}))
export type RawConfig = z.infer<typeof configSchema>

/** The whole file, loaded: entries know their environment, paths are absolute. */
export interface Config extends Omit<RawConfig, Section>, Entries {
  /** Absolute path of the file; relative paths inside it are relative to its directory. */
  readonly file: string
}
