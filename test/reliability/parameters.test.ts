import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {constantFrom, oneof, sample, string} from 'fast-check'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program} from '../program/program.ts'
import {countOf, seedOr} from './sample.ts'

const SEED = seedOr(20261122)
const BATCH = 250
const BATCHES = countOf('P3')

/** The operator's own environment is poisoned with everything that changes what a shell, a linker or Node does. */
const POISON = {
  BASH_ENV: '/nonexistent/poison',
  ENV: '/nonexistent/poison',
  NODE_OPTIONS: '--no-warnings',
  NODE_PATH: '/nonexistent',
  LD_LIBRARY_PATH: '/nonexistent',
  LD_AUDIT: '',
  ZX_PREFIX: 'echo POISON;',
  ZX_POSTFIX: '; echo POISON',
  ZX_SHELL: '/bin/false',
  ZX_VERBOSE: 'true',
  PROMPT_COMMAND: 'echo POISON',
  PS4: '$(echo POISON)',
  CDPATH: '/',
  GLOBIGNORE: '*',
  'BASH_FUNC_printf%%': '() { echo POISON; }',
}

const BOOK = `import {writeFileSync} from 'node:fs'
import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'echo', summary: 'Hands its parameters on', danger: 'disruptive',
  params: z.object({values: z.array(z.string())}),
  plan: ({params: {values}}) => [step({id: 'hand on', title: 'Hand on', run: async ({$}) => {
    await $\`printf '%s\\\\0' \${values} > argv\`
    await $({input: values.map(value => value + '\\0').join('')})\`cat > stdin\`
    await $({env: Object.fromEntries(values.map((value, n) => ['V' + n, value]))})\`env -0 > env\`
    writeFileSync('returned', JSON.stringify((await Promise.all(values.slice(0, 20).map(async value => (await $\`printf '%s' \${value}\`.quiet()).stdout)))))
  }})]})`

let program: Program
beforeAll(() => {
  program = createProgram({env: POISON})
  program.runbook('echo', BOOK)
})
afterAll(() => program.remove())

const read = (name: string): string => readFileSync(path.join(program.dir, name), 'utf8')
const strings = oneof(
  string({unit: 'binary', maxLength: 24}),
  string({unit: 'grapheme', maxLength: 24}),
  string({unit: constantFrom(...'$`"\'\\;&|<>(){}[]*?!#~= \n\t\r-'.split('')), maxLength: 24}),
)

test(`${BATCH * BATCHES} random strings arrive byte for byte as arguments, input and environment (seed ${SEED})`, {
  timeout: 1_800_000,
}, async () => {
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const values = sample(strings, {seed: SEED + batch, numRuns: BATCH}).map(text => text.replaceAll('\0', ''))
    const file = path.join(program.dir, 'values.json')
    writeFileSync(file, JSON.stringify({values}))
    const ended = await program.run('run', 'echo', '--yes', '--params', file)
    expect({code: ended.code, stderr: ended.stderr}).toEqual({code: 0, stderr: ''})
    const whole = values.map(value => `${value}\0`).join('')
    expect(read('argv')).toBe(whole)
    expect(read('stdin')).toBe(whole)
    const environment = new Map(
      read('env')
        .split('\0')
        .map(entry => entry.split(/=(.*)/s) as [string, string]),
    )
    expect(values.map((_, n) => environment.get(`V${n}`))).toEqual(values)
    expect(JSON.parse(read('returned'))).toEqual(values.slice(0, 20))
    expect(Object.keys(POISON).filter(name => environment.has(name))).toEqual([])
    expect(ended.stdout).not.toContain('POISON\n')
  }
})

test('a NUL character is refused before anything runs, wherever it stands', async () => {
  const file = path.join(program.dir, 'nul.json')
  writeFileSync(file, JSON.stringify({values: ['fine', 'not\0fine']}))
  const ended = await program.run('run', 'echo', '--yes', '--params', file)
  expect(ended.code).toBe(2)
  expect(ended.stderr).toMatch(/NUL/)
})
