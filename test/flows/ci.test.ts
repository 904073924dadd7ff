import {spawn} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {createProgram, type Ended, eventsOf, type Program, until} from '../program/program.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const DEPLOY = `import {runbook, step, z} from 'opsconsole'
export default runbook({
  name: 'deploy', summary: 'A deploy for tests', danger: 'disruptive', params: z.object({version: z.string()}),
  afterwards: () => ['Look at the graphs'],
  plan: ({params}) => [
    step({id: 'copy', title: 'Copy ' + params.version, why: 'w', run: async ({$}) => { await $\`printf '%s\\n' \${params.version} \${HOSTILE}\` }, undo: async ({$}) => { await $\`echo taken back\` }}),
    step({id: 'switch', title: 'Switch, 100 %: all', why: 'w', confirm: 'Switch?', run: async ({$}) => { if (params.version === 'bad') await $\`echo '::error::mine' >&2; exit 7\` }}),
  ],
})
const HOSTILE = ['::set-output name=run::stolen', '  ::add-mask::a', '##[add-mask]b', '\\u001b[31m::stop-commands::x\\u001b[0m', '\\u001b[0Ksection_start:1:x\\r\\u001b[0Kfake']
`

let program: Program
let places: Record<string, string>
beforeAll(() => {
  program = createProgram({config: 'project: shop\nenvironments: [{name: production, protected: true}]\n'})
  program.runbook('deploy', DEPLOY)
  mkdirSync(path.join(program.dir, 'bin'))
  const cli = ['dist/cli.mjs', 'src/cli.ts'].map(file => path.join(ROOT, file)).find(file => existsSync(file)) as string
  const shim = path.join(program.dir, 'bin/opsconsole')
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`)
  chmodSync(shim, 0o755)
})
afterAll(() => program.remove())
beforeEach(() => {
  const file = (name: string): string => path.join(program.dir, name)
  places = {output: file('output'), summary: file('summary'), temp: file('temp')}
  for (const place of [...Object.values(places), file('deploy.env'), file('deploy.jsonl')])
    rmSync(place, {recursive: true, force: true})
  mkdirSync(places['temp'] as string)
})

const PLAIN = {CI: 'true', FORCE_COLOR: '3', CLICOLOR_FORCE: '1', TERM: 'xterm-256color'}
const github = (): Record<string, string> => ({
  ...PLAIN,
  GITHUB_ACTIONS: 'true',
  GITHUB_OUTPUT: places['output'] as string,
  GITHUB_STEP_SUMMARY: places['summary'] as string,
  RUNNER_TEMP: places['temp'] as string,
  GITHUB_WORKFLOW: 'deploy',
  GITHUB_RUN_NUMBER: '7',
  GITHUB_ACTOR: 'ann',
})
const gitlab = (): Record<string, string> => ({
  ...PLAIN,
  GITLAB_CI: 'true',
  CI_PROJECT_DIR: program.dir,
  CI_PIPELINE_ID: '11',
  GITLAB_USER_LOGIN: 'ben',
})

/** One script of a CI system: bash stops at the first command that fails. */
function bash(script: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const own = {...program.env, ...env, PATH: `${path.join(program.dir, 'bin')}:${program.env['PATH'] ?? ''}`}
  const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: program.dir,
    env: {...own, OPSCONSOLE_STATE_DIR: program.stateDir},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += String(chunk)))
  child.stderr.on('data', chunk => (stderr += String(chunk)))
  return new Promise(resolve => child.once('close', (code, signal) => resolve({code, signal, stdout, stderr})))
}

const linesOf = (file: string): Record<string, string> =>
  Object.fromEntries(
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter(Boolean)
      .map(line => line.split('=') as [string, string]),
  )

interface GithubStep {
  readonly id?: string
  readonly run?: string
  readonly if?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The commands of the example workflow, one after the other, as GitHub would run them. */
async function runWorkflow(version: string): Promise<readonly Ended[]> {
  const workflow = parse(readFileSync(path.join(ROOT, 'docs/examples/github-actions.yml'), 'utf8')) as {
    jobs: {deploy: {env: Record<string, string>; steps: readonly GithubStep[]}}
  }
  const {env, steps} = workflow.jobs.deploy
  const fill = (text: string): string =>
    text.replaceAll(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_whole, name: string) => {
      const output = /^steps\.run\.outputs\.(\w+)$/.exec(name)?.[1]
      if (output !== undefined) return linesOf(places['output'] as string)[output] ?? ''
      const known: Record<string, string> = {
        'inputs.version': version,
        'github.workspace': program.dir,
        'secrets.DATABASE_URL': 'postgres://shop@localhost/shop',
      }
      if (known[name] === undefined) throw new Error(`the example uses ${name}, which the test does not know`)
      return known[name]
    })
  const ended: Ended[] = []
  for (const step of steps) {
    const failed = ended.some(each => each.code !== 0)
    if (step.run === undefined || (failed && !step.if?.includes('always()'))) continue
    expect(step.run).not.toContain('${{')
    const given = Object.entries({...env, ...step.env}).map(([name, value]) => [name, fill(String(value))])
    ended.push(await bash(step.run, {...github(), ...Object.fromEntries(given)}))
  }
  return ended
}

/** Every line that GitHub's runner would obey. */
const commandsIn = (text: string): readonly string[] =>
  text.split(/[\n\r]/).filter(line => /^\s*::/.test(line) || line.includes('##['))

describe('the GitHub Actions example', () => {
  test('a deploy that works: groups, outputs, summary, journal, JUnit', async () => {
    const [plan, run, journal] = await runWorkflow('1.2; touch hacked')
    expect([plan?.code, run?.code, journal?.code]).toEqual([0, 0, 0])
    expect(plan?.stdout).toContain('Copy 1.2; touch hacked')
    expect(commandsIn(`${run?.stdout}\n${run?.stderr}`)).toEqual([
      '::group::Copy 1.2; touch hacked',
      '::endgroup::',
      '::group::Switch, 100 %25: all',
      '::endgroup::',
      '::notice title=deploy in production%3A done%2C follow-up::Look at the graphs',
    ])
    expect(run?.stdout).toContain(': :set-output name=run::stolen')
    const outputs = linesOf(places['output'] as string)
    expect(outputs).toEqual({run: expect.stringMatching(/^\d{8}-/) as string, outcome: 'done', exit_code: '0'})
    const summary = readFileSync(places['summary'] as string, 'utf8')
    expect(summary).toContain('# deploy in production: done')
    expect(summary).toContain('| Copy 1.2; touch hacked | done |')
    const events = eventsOf(readFileSync(path.join(program.dir, 'deploy.jsonl'), 'utf8'))
    expect(events[0]).toMatchObject({v: 1, type: 'run-started', run: outputs['run'], reason: 'deploy #7 by ann'})
    expect(events.at(-1)).toMatchObject({type: 'run-ended', outcome: 'done'})
    expect(readFileSync(path.join(program.dir, 'deploy.xml'), 'utf8')).toContain('failures="0"')
    expect(existsSync(path.join(program.dir, 'hacked'))).toBe(false)
  })

  test('a deploy that fails: exit 3, error annotations, and the journal all the same', async () => {
    const [, run, journal] = await runWorkflow('bad')
    expect([run?.code, journal?.code]).toEqual([3, 0])
    const commands = commandsIn(run?.stdout ?? '')
    expect(commands).toContain('::group::Undo: Copy bad')
    expect(commands.filter(line => line.startsWith('::error'))).toEqual([
      expect.stringMatching(/^::error title=Switch%2C 100 %25%3A all::exit code 7 from .*: ::error::mine$/),
      expect.stringMatching(/^::error title=deploy in production%3A undone::.*1 step was undone\. \(exit code 3, run /),
    ])
    expect(commands.filter(line => line.startsWith('::group')).length).toBe(
      commands.filter(line => line === '::endgroup::').length,
    )
    expect(linesOf(places['output'] as string)).toMatchObject({outcome: 'undone', exit_code: '3'})
    expect(readFileSync(path.join(places['temp'] as string, 'opsconsole-annotations'), 'utf8')).toBe('2\n')
    expect(eventsOf(readFileSync(path.join(program.dir, 'deploy.jsonl'), 'utf8')).at(-1)?.['exitCode']).toBe(3)
  })
})

describe('the GitLab CI example', () => {
  interface Job {
    readonly variables: Record<string, string>
    readonly script: readonly string[]
    readonly after_script: readonly string[]
  }
  const job = (parse(readFileSync(path.join(ROOT, 'docs/examples/gitlab-ci.yml'), 'utf8')) as {deploy: Job}).deploy

  test.each([
    ['1.2', 0, 'done'],
    ['bad', 3, 'undone'],
  ])('version %s ends with %i: sections, JUnit, journal', async (version, code, outcome) => {
    const env: Record<string, string> = {...gitlab(), VERSION: version}
    for (const [name, value] of Object.entries(job.variables))
      env[name] = value.replaceAll(/\$(\w+)/g, (_whole, known: string) => env[known] ?? '')
    const script = await bash(job.script.join('\n'), env)
    const after = await bash(job.after_script.join('\n'), env)
    expect([script.code, after.code]).toEqual([code, 0])
    const sections = [...script.stdout.matchAll(/\u001b\[0Ksection_(start|end):\d+:([\w.-]+)\r\u001b\[0K(.*)/g)]
    expect(sections.map(([, kind]) => kind)).toEqual(sections.map((_, index) => (index % 2 === 0 ? 'start' : 'end')))
    expect(sections.map(([, , , header]) => header).filter(Boolean)).toContain(`▶ Copy ${version}`)
    expect(new Set(sections.map(([, , name]) => name)).size).toBe(sections.length / 2)
    // Nothing else of the log is an escape sequence: no colour, no section of a command's output.
    expect(script.stdout.replaceAll(/\u001b\[0Ksection_(start|end):\d+:[\w.-]+\r\u001b\[0K/g, '')).not.toMatch(
      /[\u001b\r]/,
    )
    expect(linesOf(path.join(program.dir, 'deploy.env'))).toMatchObject({outcome, exit_code: String(code)})
    expect(eventsOf(readFileSync(path.join(program.dir, 'deploy.jsonl'), 'utf8')).at(-1)).toMatchObject({outcome})
  })
})

test('any other CI system gets plain lines, without colour and without commands', async () => {
  const {code, stdout} = await bash('opsconsole run deploy -p version=1 --yes --confirm production', PLAIN)
  expect(code).toBe(0)
  expect(stdout).not.toMatch(/[\u001b\r]|::group/)
  expect(stdout).toContain('▶ Copy 1\n')
  expect(stdout).toContain('      ::set-output name=run::stolen\n')
})

test('--detach prints the id, attach --json prints the whole journal in order, in version 1', async () => {
  const args = ['run', 'deploy', '-p', 'version=1', '--yes', '--confirm', 'production', '--detach', '--json']
  const detached = await program.run(...args)
  const {run} = JSON.parse(detached.stdout) as {run: string}
  const attached = await until('the attached run', async () => {
    const ended = await program.run('runs', 'attach', run, '--json')
    return ended.code === 0 && ended
  })
  const events = eventsOf(attached.stdout)
  expect(events.map(event => event['seq'])).toEqual(events.map((_, index) => index + 1))
  expect(new Set(events.map(event => event['v']))).toEqual(new Set([1]))
  const output = attached.stdout.split('\n').find(line => line.includes('"type":"output"'))
  expect(JSON.parse(output ?? '')).toMatchObject({v: 1, run, step: 'copy', stream: 'command'})
})

test('every event of the journal is documented, and nothing else', () => {
  const source = readFileSync(path.join(ROOT, 'src/runbooks/events.ts'), 'utf8')
  const known = [...source.matchAll(/readonly type: '([\w-]+)'/g)].map(match => match[1])
  const text = readFileSync(path.join(ROOT, 'docs/events.md'), 'utf8')
  const documented = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(match => match[1])
  expect(new Set(documented)).toEqual(new Set(['type', ...known, 'output']))
})

describe('--metrics-file', () => {
  const deploy = (version: string, file: string): Promise<Ended> =>
    bash(
      `opsconsole run deploy -p version=${version} --yes --confirm production --reason r --metrics-file ${file}`,
      PLAIN,
    )

  test('says how the run ended, and one that cannot be written changes nothing of the run', async () => {
    const file = path.join(program.dir, 'deploy.prom')
    expect((await deploy('bad', 'deploy.prom')).code).toBe(3)
    const labels = 'runbook="deploy",environment="production"'
    expect(readFileSync(file, 'utf8')).toContain(`opsconsole_last_run_outcome{${labels},outcome="undone"} 1\n`)
    const {code, stderr} = await deploy('1.4', 'no/such/directory/deploy.prom')
    expect({code, said: /cannot write the metrics to no\/such.*ENOENT/.test(stderr)}, stderr).toEqual({
      code: 0,
      said: true,
    })
    rmSync(file)
  })
})
