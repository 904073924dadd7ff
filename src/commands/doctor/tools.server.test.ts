import {expect, test} from 'vitest'
import {methods} from '../../backups/methods/registry.ts'
import {kinds} from '../../config/kinds.ts'
import {execProgram} from '../../processes/run.ts'
import type {CommandContext} from '../command.ts'
import {checkTools} from './tools.ts'

const signal = new AbortController().signal
/** Every method, each with its programs where PATH has them. */
const config = {
  ...Object.fromEntries(kinds.map(({section}) => [section, []])),
  backups: methods.examples.map(({spec}) => {
    const {type, program: _program, ...section} = spec as {type: string; program?: string}
    return {method: type, [type]: section, environment: 'dev'}
  }),
} as unknown as Parameters<typeof checkTools>[0]

test('every program of a method that is installed here says its version when it is asked as the doctor asks it', {
  timeout: 120_000,
}, async () => {
  const checks = await checkTools(config, {exec: execProgram, signal} as CommandContext)
  expect(checks.map(({name}) => name)).toEqual(
    expect.arrayContaining(['pg_dump', 'pg_restore', 'pgbackrest', 'redis-server', 'restic', 'zstd']),
  )
  const said = checks.map(({name, status, detail}) => [name, status, /^\d+\.\d+/.test(detail) ? 'a version' : detail])
  expect(said).toEqual(checks.map(({name}) => [name, 'ok', 'a version']))
})
