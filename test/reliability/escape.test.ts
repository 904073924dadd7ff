import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {escapeLine, escapeText} from '../../src/text/escape.ts'
import {lineStream} from '../../src/text/lines.ts'
import {createRedactor} from '../../src/text/redact.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {HOSTILE, UNSAFE} from './hostile.ts'
import {countOf, seedOr} from './sample.ts'

const SEED = seedOr(20261122)
const STRINGS = countOf('P1')

function linesOf(...chunks: readonly Uint8Array[]): readonly string[] {
  const lines: string[] = []
  const stream = lineStream(createRedactor(['a-declared-secret']), line => lines.push(line))
  for (const chunk of chunks) stream.push(chunk)
  stream.end()
  return lines
}

const unsafe = (lines: readonly string[]): readonly string[] => lines.filter(line => UNSAFE.test(line))

describe('nothing that a terminal acts upon passes', () => {
  test.each(HOSTILE)('%s, split anywhere', (_what, bytes) => {
    for (let at = 0; at <= bytes.length; at += 1)
      expect(unsafe(linesOf(bytes.subarray(0, at), bytes.subarray(at))), `split at ${at}`).toEqual([])
    expect(unsafe([escapeLine(bytes.toString('utf8')), escapeLine(bytes.toString('latin1'))])).toEqual([])
    expect(unsafe(escapeText(bytes.toString('latin1')).split('\n'))).toEqual([])
  })

  test(`${STRINGS} random byte strings, split at random (seed ${SEED})`, {timeout: 600_000}, () => {
    const random = randomFrom(SEED)
    const favoured = Buffer.from('\u001b[]0;?hPX^_\\\r\n\t\b\u0007\u009b\u009d\u202e', 'utf8')
    for (let round = 0; round < STRINGS; round += 1) {
      const bytes = Buffer.from(
        Array.from({length: Math.floor(random() * 80)}, () =>
          random() < 0.5 ? (favoured[Math.floor(random() * favoured.length)] as number) : Math.floor(random() * 256),
        ),
      )
      const at = Math.floor(random() * (bytes.length + 1))
      const bad = unsafe(linesOf(bytes.subarray(0, at), bytes.subarray(at)))
      if (bad.length > 0) expect({bytes: bytes.toString('hex'), at, bad}).toBe('safe')
    }
  })
})

const BOOK = `import {readFileSync} from 'node:fs'
import {runbook, step, z} from 'opsconsole'
const hostile = readFileSync(process.env.HOME + '/hostile', 'utf8')
export default runbook({name: 'hostile', summary: 'Says bad things', danger: 'disruptive',
  params: z.object({text: z.string()}), locks: ({params}) => ['hostile'],
  facts: async () => ({names: hostile}),
  plan: ({params, facts}) => [
    step({id: 'print', title: 'Print ' + params.text, why: facts.names, targets: [facts.names],
      confirm: {text: 'Print ' + facts.names + '?', touches: [facts.names]},
      run: async ({$, log, progress, save}) => {
        await $\`cat "$HOME/hostile"; cat "$HOME/hostile" >&2\`
        await $\`printf '%s' \${params.text} \${facts.names.replaceAll('\\0', '')} > /dev/null\`
        log(hostile); progress(1, 2, hostile); save('kept', hostile)
      }, undo: async ({log}) => { log(hostile); throw new Error('undo ' + hostile) }}),
    step({id: 'fail', title: 'Fail', run: async ({$}) => { await $\`cat "$HOME/hostile" >&2; exit 3\` }}),
  ]})`

describe('a run that says bad things', () => {
  let program: Program
  beforeAll(() => {
    program = createProgram()
    program.runbook('hostile', BOOK)
    writeFileSync(path.join(program.dir, 'hostile'), Buffer.concat(HOSTILE.flatMap(([, b]) => [b, Buffer.from(' ; ')])))
  })
  afterAll(() => program.remove())

  test('shows them harmlessly, wherever a person looks', async () => {
    const text = HOSTILE.map(([, b]) => b.toString('utf8'))
      .join('')
      .replaceAll('\0', '')
    const junit = path.join(program.dir, 'junit.xml')
    const watched = await program.run(
      'run',
      'hostile',
      '--yes',
      '-p',
      `text=${text}`,
      '--reason',
      text,
      '--junit',
      junit,
    )
    expect(watched.code).toBe(4)
    const run = /run (\d{8}-\d{6}-\w{4})/.exec(watched.stdout)?.[1] as string
    const looks = [
      ['runs', 'attach', run],
      ['runs', 'show', run],
      ['runs', 'list'],
      ['audit', 'list', '--run', run],
      ['plan', 'hostile', '-p', `text=${text}`],
      ['lock', 'list'],
      ['status'],
    ]
    const seen = [['run', watched.stdout + watched.stderr]]
    for (const args of looks) {
      const {stdout, stderr} = await program.run(...args)
      seen.push([args.join(' ').slice(0, 40), stdout + stderr])
    }
    for (const [what, output] of seen) {
      const bad = unsafe((output ?? '').split('\n')).map(line => JSON.stringify(line).slice(0, 200))
      expect(bad, what).toEqual([])
    }
  })

  test('and harms nobody who waits for its question', async () => {
    const started = program.start('run', 'hostile', '-p', 'text=x', '--detach', '--yes')
    expect((await started.ended).code).toBe(0)
    const [row] = JSON.parse((await program.run('runs', 'list', '--json')).stdout) as {id: string}[]
    await until('its end', async () => (await program.run('runs', 'attach', row?.id ?? '')).code === 4)
  })
})
