import {spawnSync} from 'node:child_process'
import {chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {allCommands} from '../../src/commands/registry.ts'
import {createProgram, type Program} from '../program/program.ts'

const STRANGER = 61_009
const canGive = process.getuid?.() === 0

let program: Program
let ran: string
beforeEach(() => {
  program = createProgram()
  ran = path.join(program.dir, 'ran')
})
afterEach(() => program.remove())

const configure = (): void =>
  writeFileSync(
    path.join(program.dir, 'opsconsole.yaml'),
    `environments: [{name: prod}]
services: [{name: web, probe: {type: command, command: [sh, -c, 'echo probe >> ${ran}']}}]
caches: [{name: c, url: {command: [sh, -c, 'echo secret >> ${ran}; echo redis://127.0.0.1:1']}}]
`,
  )
const plant = (): void =>
  program.runbook(
    'deploy',
    `import {appendFileSync} from 'node:fs'; appendFileSync('${ran}', 'loaded'); export default {}`,
  )
const give = (...names: readonly string[]): void => {
  for (const name of names) chownSync(path.join(program.dir, name), STRANGER, STRANGER)
}

describe.runIf(canGive)('a directory that somebody else prepared', () => {
  // Every command is started once.
  test('runs nothing of theirs in any command: each is refused with what to do', {timeout: 240_000}, async () => {
    configure()
    plant()
    give('opsconsole.yaml', 'runbooks', 'runbooks/deploy.ts')
    const commands = (await allCommands()).filter(({beforeTrust}) => beforeTrust !== true)
    expect(commands.length).toBeGreaterThan(40)
    const few = ['status', 'alerts list', 'runbook list', 'audit list', 'run', 'plan', 'agent', 'lab status']
    for (const name of few) {
      const required = commands.find(each => each.name === name)?.arguments?.filter(each => each.required) ?? []
      const ended = await program.run(...name.split(' '), ...required.map(() => 'deploy'))
      expect(ended, name).toMatchObject({code: 7, stdout: ''})
      expect(ended.stderr).toContain('opsconsole.yaml is not trusted: it belongs to uid 61009')
      expect(ended.stderr).toContain(`opsconsole trust ${program.dir}`)
    }
    const doctor = await program.run('doctor')
    expect(doctor.stdout).toContain('belongs to uid 61009')
    expect((await program.run('status', '--help')).code).toBe(0)
    expect((await program.run('completion', 'bash')).code).toBe(0)
    expect(existsSync(ran)).toBe(false)
  })

  test.each([
    ['the directory of runbooks', ['runbooks'], 'runbooks is not trusted: it belongs to uid 61009'],
    ['one runbook', ['runbooks/deploy.ts'], 'deploy.ts is not trusted: it belongs to uid 61009'],
  ] as const)('with %s theirs, no runbook is loaded', async (_title, names, reason) => {
    plant()
    give(...names)
    for (const args of [['runbook', 'list'], ['plan', 'deploy'], ['doctor']]) {
      const ended = await program.run(...args)
      expect(ended.stdout + ended.stderr).toContain(reason)
    }
    expect(existsSync(ran)).toBe(false)
  })

  test('a package that a runbook would find on the way to the root is not loaded either', async () => {
    mkdirSync(path.join(program.dir, 'node_modules', 'helper'), {recursive: true})
    writeFileSync(path.join(program.dir, 'node_modules/helper/index.js'), `require('fs').writeFileSync('${ran}', '')`)
    program.runbook('deploy', "import 'helper'; export default {}")
    give('node_modules/helper/index.js')
    expect((await program.run('plan', 'deploy')).stderr).toContain('index.js is not trusted: it belongs to uid 61009')
    expect(existsSync(ran)).toBe(false)
  })

  test('it can be trusted: by path, inode and owner, in the trail, and taken back', async () => {
    mkdirSync(path.join(program.dir, 'theirs'))
    const file = path.join(program.dir, 'theirs', 'opsconsole.yaml')
    writeFileSync(file, 'environments: [{name: prod}]\n')
    give('theirs', 'theirs/opsconsole.yaml')
    const status = async () => (await program.run('status', '--config', file)).code
    const theirs = path.join(program.dir, 'theirs')
    expect(await status()).toBe(7)
    expect(await program.run('trust', theirs)).toMatchObject({code: 0})
    expect((await program.run('trust')).stdout).toContain(theirs)
    expect(await status()).toBe(0)
    expect((await program.run('audit', 'list', '--json')).stdout).toContain(`"target":"${theirs}"`)
    chownSync(theirs, STRANGER + 1, STRANGER)
    expect(await status()).toBe(7)
    chownSync(theirs, STRANGER, STRANGER)
    expect(await status()).toBe(0)
    renameSync(theirs, `${theirs}-away`)
    mkdirSync(theirs)
    writeFileSync(file, readFileSync(path.join(`${theirs}-away`, 'opsconsole.yaml')))
    give('theirs', 'theirs/opsconsole.yaml')
    expect(await status()).toBe(7)
    expect((await program.run('trust', theirs)).code).toBe(0)
    expect((await program.run('trust', theirs, '--remove')).code).toBe(0)
    expect(await status()).toBe(7)
  })

  test('root believes the account that called sudo, and CI names directories', () => {
    give('opsconsole.yaml')
    const status = (env: Readonly<Record<string, string>>): number | null =>
      spawnSync(process.execPath, [program.cli, 'status'], {cwd: program.dir, env: {...program.env, ...env}}).status
    expect(status({})).toBe(7)
    expect(status({SUDO_UID: String(STRANGER)})).toBe(0)
    expect(status({SUDO_UID: 'x'})).toBe(7)
    expect(status({OPSCONSOLE_TRUSTED_DIRS: `/nowhere:${program.dir}`})).toBe(0)
    expect(status({OPSCONSOLE_TRUSTED_DIRS: '.'})).toBe(7)
  })

  test('a state directory of theirs is refused', async () => {
    mkdirSync(program.stateDir)
    give('state')
    const ended = await program.run('runs', 'list')
    expect(ended.code).toBe(7)
    expect(ended.stderr).toContain('the state directory')
  })
})
