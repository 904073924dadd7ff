import {describe, expect, test} from 'vitest'
import type {Exec} from '../processes/exec.ts'
import type {ReleaseContext} from './context.ts'
import {downMigration, migrateDown, schemaFits} from './migrations.ts'
import {migrationsSchema} from './migrations-schema.ts'

const migrations = migrationsSchema.parse({
  check: ['./migrate', 'check', '--from={from}', '--to={to}'],
  preview: ['./migrate', 'sql', '{from}', '{to}'],
  down: ['./migrate', 'down', '{from}', '{to}'],
  timeout: '7s',
})

/** A release whose migration tool answers so; what was run, and what was recorded before it. */
function release(
  answer: {exitCode: number; stdout?: string; stderr?: string},
  spec: typeof migrations | null = migrations,
) {
  const [ran, acts, log]: [unknown[], string[], string[]] = [[], [], []]
  const exec: Exec = async (argv, options) => {
    ran.push([argv.join(' '), options?.cwd, options?.timeoutMs])
    return {stdout: '', stderr: '', durationMs: 1, ...answer}
  }
  const tools = {
    exec,
    log: (line: string) => log.push(line),
    signal: new AbortController().signal,
    act: async (text: string, change: (signal: AbortSignal) => Promise<unknown>) => {
      acts.push(text)
      return change(new AbortController().signal)
    },
  }
  const context = {
    config: {name: 'web', migrations: spec ?? undefined},
    tools,
    directory: '/srv',
  } as unknown as ReleaseContext
  return {context, ran, acts, log}
}

const step = {from: '2.0.0', to: '1.0.0'}

describe('the check of the way back', () => {
  test.each([
    [0, true, /^\.\/migrate check --from=2\.0\.0 --to=1\.0\.0 says that 1\.0\.0 runs with the schema/],
    [3, false, /says that 1\.0\.0 does not run with the schema and configuration of 2\.0\.0$/],
  ])('exit code %i: %s', async (exitCode, fits, reason) => {
    const {context, ran, log} = release({exitCode, stdout: 'two columns\u001b[31m\n', stderr: 'are new\n'})
    expect(await schemaFits(context, step)).toEqual({fits, reason: expect.stringMatching(reason) as string})
    expect(log).toEqual([expect.not.stringContaining('\u001b'), 'are new'])
    expect(ran).toEqual([['./migrate check --from=2.0.0 --to=1.0.0', '/srv', 7000]])
  })

  test('nothing is run where none is configured, or nobody knows which version is live', async () => {
    const {context, ran} = release({exitCode: 0}, null)
    expect(await schemaFits(context, step)).toBeUndefined()
    expect(await schemaFits(release({exitCode: 0}).context, {from: '2', to: undefined})).toBeUndefined()
    expect(ran).toEqual([])
  })
})

describe('the down-migration', () => {
  test('says what it would do, and does it only when it is told to, on record', async () => {
    const {context, ran, acts, log} = release({exitCode: 0, stdout: 'alter table items drop column colour;\n'})
    expect(await downMigration(context, step)).toEqual({
      command: './migrate down 2.0.0 1.0.0',
      preview: ['alter table items drop column colour;'],
    })
    expect([ran.length, acts]).toEqual([1, []])
    await migrateDown(context, step)
    expect(acts).toEqual(['./migrate down 2.0.0 1.0.0'])
    expect(ran.at(-1)).toEqual(['./migrate down 2.0.0 1.0.0', '/srv', 7000])
    expect(log).toEqual(['alter table items drop column colour;'])
  })

  test('is refused where there is none, where its preview fails, and for what could be an option', async () => {
    await expect(downMigration(release({exitCode: 0}, null).context, step)).rejects.toThrow('web has no down-migration')
    await expect(downMigration(release({exitCode: 2, stderr: 'no such version\n'}).context, step)).rejects.toThrow(
      /cannot be shown: \.\/migrate sql 2\.0\.0 1\.0\.0 ended with 2: no such version/,
    )
    await expect(downMigration(release({exitCode: 0}).context, {from: '2', to: '--all'})).rejects.toThrow(
      /cannot be a to/,
    )
  })
})
