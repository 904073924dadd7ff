import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {configFile} from '../../src/lab/plan.ts'
import {ended, type InstalledProgram, installProgram, npm} from '../program/installed.ts'
import type {Ended} from '../program/program.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const SHIPPED = readdirSync(path.join(ROOT, 'runbooks'))
  .filter(name => name.endsWith('.ts') && !name.includes('.test.'))
  .map(name => name.replace('.ts', ''))
  .sort()

let installed: InstalledProgram
beforeAll(async () => {
  installed = await installProgram()
}, 300_000)
afterAll(() => installed.remove())

const directory = (name: string): string => {
  const made = path.join(installed.dir, name)
  mkdirSync(made, {recursive: true})
  return made
}
/** Fails with everything that was said. */
const well = ({code, stdout, stderr}: Ended): string => {
  expect(code, stdout + stderr).toBe(0)
  return stdout
}

test('npm packs what runs, its types, its sources and its licences, and no test', () => {
  const runbooks = SHIPPED.flatMap(name => [
    `dist/runbooks/${name}.js`,
    `dist/types/runbooks/${name}.d.ts`,
    `runbooks/${name}.ts`,
  ])
  const program = ['bin/opsconsole', 'bin/start.cjs', 'dist/cli.mjs', 'dist/api.mjs', 'dist/types/src/api.d.ts']
  const beside = ['src/api.ts', 'dist/THIRD-PARTY-LICENCES.txt', 'LICENSE', 'README.md', 'CHANGELOG.md']
  const system = ['man/opsconsole.1', 'packaging/systemd/opsconsole-agent.service', 'docs/install.md']
  expect([...program, ...beside, ...system, ...runbooks].filter(name => !installed.files.includes(name))).toEqual([])
  expect(installed.files.filter(name => /\.test\.|^test\/|^scripts\/|^node_modules\/|\.stamp$/.test(name))).toEqual([])
})

test('every name that package.json exports is there', () => {
  const {exports, bin} = JSON.parse(readFileSync(path.join(installed.package, 'package.json'), 'utf8')) as {
    exports: Record<string, Record<string, string>>
    bin: Record<string, string>
  }
  const targets = [...Object.values(exports).flatMap(conditions => Object.values(conditions)), ...Object.values(bin)]
  const files = targets.flatMap(target =>
    target.includes('*') ? SHIPPED.map(name => target.replace('*', name)) : [target],
  )
  expect(files.filter(file => !existsSync(path.join(installed.package, file)))).toEqual([])
})

describe('installed for everybody, with an empty home, without a checkout', () => {
  test('it says its version anywhere, and doctor says what is missing', async () => {
    const cwd = directory('empty')
    expect(well(await installed.run(cwd, ['--version']))).toMatch(/^opsconsole \d+\.\d+\.\d+\n$/)
    const doctor = await installed.run(cwd, ['doctor', '--json'])
    const {checks} = JSON.parse(doctor.stdout) as {checks: {name: string; status: string}[]}
    expect({code: doctor.code, failed: checks.filter(({status}) => status === 'failed').map(({name}) => name)}).toEqual(
      {
        code: 1,
        failed: ['configuration'],
      },
    )
  })

  test('a runbook of your own in TypeScript imports the API and a shipped runbook, and runs', async () => {
    const cwd = directory('own')
    mkdirSync(path.join(cwd, 'runbooks'))
    writeFileSync(path.join(cwd, 'opsconsole.yaml'), 'environments: [{name: dev}]\n')
    writeFileSync(path.join(cwd, 'runbooks/night.ts'), NIGHT)
    expect(well(await installed.run(cwd, ['run', 'night', '-p', 'lines=3', '--yes']))).toContain('disk /:')
    expect(well(await installed.run(cwd, ['runbook', 'check', '--strict', 'night']))).toContain('0 errors, 0 warnings')
  })

  test('the hash of a shipped runbook is that of the file that is shown and loaded', async () => {
    const cwd = directory('own')
    const shown = JSON.parse(well(await installed.run(cwd, ['runbook', 'show', 'diagnose', '--json']))) as {
      file: string
      source: string
    }
    expect(shown.file).toBe(path.join(installed.package, 'dist/runbooks/diagnose.js'))
    expect(shown.source).toBe(readFileSync(shown.file, 'utf8'))
    const plan = JSON.parse(well(await installed.run(cwd, ['plan', 'diagnose', '--json']))) as Record<string, unknown>
    const {stdout: sum} = await ended('sha256sum', [shown.file], {cwd})
    expect(JSON.stringify(plan)).toContain(sum.slice(0, 64))
  })
})

const NIGHT = `import {factsOf, runbook, stepsOf, z} from 'opsconsole'
import diagnose from 'opsconsole/runbooks/diagnose'

export default runbook({
  name: 'night',
  summary: 'What somebody who was just woken wants to know',
  danger: 'safe',
  params: z.object({lines: z.coerce.number<string>()}),
  facts: async context => ({diagnose: await factsOf(diagnose, context, context.params)}),
  plan: context => stepsOf(diagnose, context, {prefix: 'look', params: context.params, facts: context.facts.diagnose}),
})
`

describe('on the lab, which the installed program starts itself', () => {
  let lab: string
  let cwd: string
  beforeAll(async () => {
    lab = path.join(installed.dir, 'lab')
    cwd = directory('anywhere')
    well(await installed.run(cwd, ['lab', 'up', '--dir', lab]))
  }, 180_000)
  afterAll(async () => void well(await installed.run(cwd, ['lab', 'down', '--dir', lab])), 120_000)

  const onLab = (...args: readonly string[]): Promise<Ended> =>
    installed.run(cwd, args, {OPSCONSOLE_CONFIG: configFile(lab)})
  const run = async (...args: readonly string[]): Promise<string> =>
    well(await onLab('run', ...args, '--yes', '--confirm', 'lab'))
  /** What they cannot be planned without. */
  const NEEDED: Readonly<Record<string, readonly string[]>> = {
    canary: ['-p', 'version=9.1.0'],
    rolling: ['-p', 'version=9.1.0'],
    'cache-invalidate': ['-p', 'event=PRODUCT_UPDATED', '-p', 'values=id=1'],
    deploy: ['-p', 'version=9.1.0'],
    'end-old-slot': ['-p', 'early=true'],
    'restore-pitr': ['-p', 'to=latest'],
    'traffic-control': ['-p', 'control=maintenance', '-p', 'for=1m', '-p', 'withoutAgent=true'],
  }

  test('doctor finds nothing that has failed', async () => {
    const {code, stdout} = await onLab('doctor')
    expect({code, failed: stdout.split('\n').filter(line => line.startsWith('✗'))}).toEqual({code: 0, failed: []})
  })

  test('deploy moves the shop to a new version, and restore brings a backup back', async () => {
    await run('deploy', '-p', 'version=9.0.0', '-p', 'watch=1s')
    expect(well(await onLab('releases'))).toContain('9.0.0')
    await run('backup')
    await run('restore', '--confirm', 'shop')
  }, 180_000)

  test('every shipped runbook loads and plans', async () => {
    const runbooks = JSON.parse(well(await onLab('runbook', 'list', '--json'))) as {
      name: string
      shipped: boolean
      problem?: string
    }[]
    expect(runbooks.filter(({shipped}) => shipped).map(({name, problem}) => ({name, problem}))).toEqual(
      SHIPPED.map(name => ({name, problem: undefined})),
    )
    const site = directory('site')
    mkdirSync(path.join(site, 'versions', '1.0.0'), {recursive: true})
    writeFileSync(path.join(site, 'versions', '1.0.0', 'index.html'), 'shop')
    const needed = {...NEEDED, publish: ['-p', `directory=${site}`, '-p', 'version=1.0.0']}
    const plan = (name: string): Promise<Ended> =>
      onLab('plan', name, ...((needed as typeof NEEDED)[name] ?? []), '--json')
    for (const name of SHIPPED.filter(each => each !== 'restore-pitr' && each !== 'end-traffic-control'))
      well(await plan(name))
    // The lab has no physical backup: that is said, with the way that there is.
    expect(await plan('restore-pitr')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('single moments') as string,
    })
    expect(await onLab('plan', 'end-traffic-control', '-p', 'control=pause', '--json')).toMatchObject({
      stdout: expect.stringContaining('pause is not on') as string,
    })
  }, 120_000)
})

test("in an author's project, node --test runs tests of their runbooks and of shipped ones, and types are there", async () => {
  const project = directory('author')
  mkdirSync(path.join(project, 'runbooks'))
  writeFileSync(path.join(project, 'package.json'), '{"name": "ops", "private": true, "type": "module"}')
  writeFileSync(path.join(project, 'tsconfig.json'), TSCONFIG)
  writeFileSync(path.join(project, 'runbooks/night.ts'), NIGHT)
  writeFileSync(path.join(project, 'runbooks/night.test.ts'), NIGHT_TEST)
  await npm(project, 'install', installed.tarball)
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env} = process.env
  const tests = await ended(process.execPath, ['--test'], {cwd: project, env: {...env, HOME: installed.home}})
  expect(well(tests)).toContain('pass 2')
  well(await ended(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', project], {cwd: project}))
}, 120_000)

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    module: 'nodenext',
    target: 'esnext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
  },
  include: ['runbooks'],
})

const NIGHT_TEST = `import assert from 'node:assert/strict'
import {test} from 'node:test'
import {testRunbook} from 'opsconsole'
import restart from 'opsconsole/runbooks/restart'
import night from './night.ts'

test('a runbook of our own', async () => {
  const run = await testRunbook(night, {
    params: {lines: 2},
    ops: {names: () => []},
    exec: () => 'header\\n/dev/sda1 1 1 1 95% /',
  })
  assert.equal(run.outcome, 'done')
})

test('a shipped runbook', async () => {
  await assert.rejects(testRunbook(restart, {ops: {}}), /the runbook uses ops\\.release/)
})
`
