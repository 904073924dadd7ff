import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createProgram, type Program} from '../program/program.ts'

let program: Program
beforeAll(() => {
  program = createProgram({
    config: 'project: shop\nenvironments: [{name: dev}]\npolicy: {runbookDirectories: [mine, runbooks]}\n',
  })
})
afterAll(() => program.remove())

describe('runbook new', () => {
  test.each(['safe', 'disruptive', 'destructive'])(
    'a %s one is checked without a word, planned, and run dry, as it was written',
    async danger => {
      const made = await program.run('runbook', 'new', `first-${danger}`, '--danger', danger, '--json')
      expect(made.code).toBe(0)
      const {file} = JSON.parse(made.stdout) as {file: string}
      expect(file).toBe(path.join(program.dir, 'mine', `first-${danger}.ts`))
      const checked = await program.run('runbook', 'check', `first-${danger}`, '--strict', '--plan')
      expect(checked).toMatchObject({code: 0, stdout: '1 runbook: 0 errors, 0 warnings\n'})
      expect((await program.run('plan', `first-${danger}`)).code).toBe(0)
      expect((await program.run('run', `first-${danger}`, '--dry-run')).code).toBe(0)
    },
  )

  test('the disruptive one does what it says, and undoes it', async () => {
    const flag = path.join(program.dir, 'flag')
    expect((await program.run('run', 'first-disruptive', '-p', `file=${flag}`, '--yes')).code).toBe(0)
    expect(existsSync(flag)).toBe(true)
  })

  test.each([
    ['first-safe', /there is a runbook first-safe already/],
    ['deploy', /there is a runbook deploy already.*\n.*shipped one/],
    ['../out', /cannot be a runbook's name/],
    ['Big', /cannot be a runbook's name/],
  ])('%s is refused', async (name, message) => {
    const before = readFileSync(path.join(program.dir, 'mine/first-safe.ts'), 'utf8')
    const {code, stderr} = await program.run('runbook', 'new', name)
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringMatching(message) as string})
    expect(readFileSync(path.join(program.dir, 'mine/first-safe.ts'), 'utf8')).toBe(before)
  })

  test('a file that does not load is not overwritten either', async () => {
    writeFileSync(path.join(program.dir, 'mine/broken.ts'), 'not a runbook')
    expect((await program.run('runbook', 'new', 'broken')).code).toBe(2)
    expect(readFileSync(path.join(program.dir, 'mine/broken.ts'), 'utf8')).toBe('not a runbook')
    expect((await program.run('runbook', 'new', 'x', '--danger', 'none')).code).toBe(2)
  })
})

describe('runbook check', () => {
  const BAD = `import {runbook, step} from 'opsconsole'
export default runbook({
  name: 'bad', summary: 'Bad', danger: 'disruptive',
  plan: () => ['a', 'b'].map(file => step({
    id: 'same', title: 'Same', why: 'w', retries: 1,
    run: async ({$}) => { await $\`rm "\${file}"\`; await $\`rm \${file}\` },
  })),
})`

  test('findings have place, code and a hint; errors end with 1', async () => {
    program.runbook('bad', BAD)
    const {code, stdout} = await program.run('runbook', 'check', 'bad', '--json')
    expect(code).toBe(1)
    const {findings} = JSON.parse(stdout) as {findings: readonly Record<string, unknown>[]}
    expect(findings.map(({file, line, column, severity, code: kind}) => [file, line, column, severity, kind])).toEqual([
      ['runbooks/bad.ts', 5, 42, 'error', 'retries-not-idempotent'],
      ['runbooks/bad.ts', 6, 39, 'error', 'quoted-value'],
      ['runbooks/bad.ts', 6, 61, 'warning', 'leading-dash'],
    ])
    const text = await program.run('runbook', 'check', 'bad')
    expect(text.stdout).toContain('runbooks/bad.ts:6:39: error: ${file} is inside quotes [quoted-value]\n    Values')
    expect(text.stdout).toContain('1 runbook: 2 errors, 1 warning')
  })

  test('with --plan, ids that are made by code are compared too', async () => {
    const {stdout} = await program.run('runbook', 'check', 'bad', '--plan')
    expect(stdout).toMatch(/two steps have this id \[runbook\/invalid\] \[duplicate-id\]/)
  })

  test('warnings count only when they are wanted to', async () => {
    program.runbook(
      'loose',
      `import {runbook, step} from 'opsconsole'\nexport default runbook({name: 'loose', summary: 'L', danger: 'safe', plan: () => [step({id: 'a', title: 'A', readOnly: true, run: async () => {}})]})`,
    )
    expect((await program.run('runbook', 'check', 'loose')).code).toBe(0)
    expect((await program.run('runbook', 'check', 'loose', '--strict')).code).toBe(1)
  })

  test('what does not load is found; an unknown name is refused; the shipped ones pass', async () => {
    const broken = await program.run('runbook', 'check', 'broken')
    expect(broken).toMatchObject({code: 1, stdout: expect.stringContaining('[does-not-load]') as string})
    expect((await program.run('runbook', 'check', 'nope')).code).toBe(2)
    const shipped = await program.run(
      'runbook',
      'check',
      'deploy',
      'rollback',
      'backup',
      'restore',
      'dr-drill',
      '--strict',
    )
    expect(shipped).toMatchObject({code: 0, stdout: '5 runbooks: 0 errors, 0 warnings\n'})
  })
})
