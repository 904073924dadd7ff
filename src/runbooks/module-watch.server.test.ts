import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'

/** One line that imports `word` of a file of its own, in each way that there is. `DIR`: where the files are. */
const WAYS: Readonly<Record<string, string>> = {
  plain: "import {word} from './lib/plain.ts'",
  comment: "import {word} from /* from the library */ './lib/comment.ts'",
  lines: "import {\n  word\n} from\n  './lib/lines.ts'",
  query: "import {word} from './lib/query.ts?v=1'",
  absolute: "import {word} from 'DIR/lib/absolute.ts'",
  url: "import {word} from 'file://DIR/lib/url.ts'",
  namespace: "import * as all from './lib/namespace.ts'; const {word} = all",
  effect: "import './lib/effect.ts'; const word = 1",
  through: "import {word} from './lib/through.ts'",
  computed: "const name = 'computed'; const {word} = await import(`./lib/${name}.ts`)",
  required:
    "import {createRequire} from 'node:module'; const {word} = createRequire(import.meta.url)('./lib/required.cjs')",
  nested:
    "import {createRequire} from 'node:module'; const {word} = createRequire(import.meta.url)('./lib/nested.cjs')",
  json: "import all from './lib/json.json' with {type: 'json'}; const {word} = all",
  linked: "import {word} from './lib/link.ts'",
  inPlan: "const word = 1; const later = () => import('./lib/inPlan.ts')",
  template: 'const word = 1; const later = () => import(`./lib/template.ts`)',
  laterRequired:
    "import {createRequire} from 'node:module'; const word = 1; const later = () => createRequire(import.meta.url)('./lib/laterRequired.cjs')",
}

let dir = ''
beforeAll(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'opsconsole-modules-')))
  const lib = path.join(dir, 'lib')
  mkdirSync(path.join(dir, 'node_modules/left-pad'), {recursive: true})
  mkdirSync(lib)
  writeFileSync(path.join(dir, 'node_modules/left-pad/index.js'), 'module.exports = 1')
  for (const [name, way] of Object.entries(WAYS)) {
    writeFileSync(path.join(lib, `${name}.ts`), "export const word = 'x'\n")
    writeFileSync(path.join(lib, `${name}.cjs`), "module.exports.word = 'x'\n")
    writeFileSync(path.join(lib, `${name}.json`), '{"word": "x"}\n')
    const text = `import {runbook} from 'opsconsole'\nimport 'left-pad'\n${way.replaceAll('DIR', dir)}\nexport default runbook({name: '${name.toLowerCase()}', summary: String(word), danger: 'safe', plan: () => []})\n`
    writeFileSync(path.join(dir, `${name.toLowerCase()}.ts`), text)
  }
  writeFileSync(path.join(lib, 'through.ts'), "export * from './behind.ts'\n")
  writeFileSync(path.join(lib, 'behind.ts'), "export const word = 'x'\n")
  writeFileSync(path.join(lib, 'nested.cjs'), "module.exports = require('./behind.cjs')\n")
  writeFileSync(path.join(lib, 'behind.cjs'), "exports.word = 'x'\n")
  symlinkSync('linked.ts', path.join(lib, 'link.ts'))
})
afterAll(() => rmSync(dir, {recursive: true, force: true}))

/** In a process of its own: hooks are a process's, and a test's modules are not loaded by Node. */
function inNode(code: string): Record<string, {files: {file: string}[]; packages: string[]}> {
  const sources = path.resolve(import.meta.dirname, '..')
  const script = `
    const {provideApi, loadRunbook} = await import(${JSON.stringify(path.join(sources, 'runbooks/load.ts'))})
    const {pathToFileURL} = await import('node:url')
    const watch = provideApi({runbooks: '/nowhere', apiUrl: pathToFileURL(${JSON.stringify(path.join(sources, 'api.ts'))}).href}, file => admitted.push(file))
    const admitted = []
    const names = ${JSON.stringify(Object.keys(WAYS))}
    const dir = ${JSON.stringify(dir)}
    const found = {}
    ${code}
    console.log(JSON.stringify(found))`
  const {stdout, stderr, status} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect({status, stderr: stderr.replaceAll(/^.*Warning.*$/gm, '').trim()}).toEqual({status: 0, stderr: ''})
  return JSON.parse(stdout) as ReturnType<typeof inNode>
}

test('every file that a runbook imports is seen, however it imports it; packages are named', () => {
  const found = inNode(
    "for (const name of names) found[name] = (await loadRunbook(dir + '/' + name.toLowerCase() + '.ts', watch)).code()",
  )
  const wanted = (name: string): readonly string[] => {
    if (name === 'through') return ['behind.ts', 'through.ts']
    if (name === 'nested') return ['behind.cjs', 'nested.cjs']
    if (name === 'json') return ['json.json']
    return [/require/i.test(name) ? `${name}.cjs` : `${name}.ts`]
  }
  for (const name of Object.keys(WAYS)) {
    const files = found[name]?.files.map(({file}) => path.relative(dir, file))
    expect(files, name).toEqual([`${name.toLowerCase()}.ts`, ...wanted(name).map(file => `lib/${file}`)])
    expect(found[name]?.packages, name).toEqual(['left-pad'])
  }
})

test('once it is settled what may be loaded, anything else stops before it runs, and is named', () => {
  const found = inNode(`
    const {writeFileSync} = await import('node:fs')
    const runbook = await loadRunbook(dir + '/plain.ts', watch)
    watch.onlyAllow([...runbook.code().files, ...(await loadRunbook(dir + '/inplan.ts', watch)).code().files])
    const say = file => import(file).then(() => 'loaded', error => error.code + ': ' + error.message)
    globalThis.ran = []
    writeFileSync(dir + '/lib/inPlan.ts', 'globalThis.ran.push(1)')
    found.changed = await say(dir + '/lib/inPlan.ts')
    writeFileSync(dir + '/lib/new.ts', 'globalThis.ran.push(2)')
    found.added = await say(dir + '/lib/new.ts')
    found.package = await say(dir + '/node_modules/left-pad/index.js')
    found.ran = globalThis.ran`)
  expect(found).toEqual({
    changed: `runbook/changed: ${dir}/lib/inPlan.ts changed since the plan was shown`,
    added: `runbook/changed: ${dir}/lib/new.ts is not among the files that the plan is made of`,
    package: 'loaded',
    ran: [],
  })
})

test('what the program imports before the first runbook goes through no hook; from then on every file is asked about', () => {
  const found = inNode(`
    await import(dir + '/lib/plain.ts')
    const before = [...admitted]
    watch.begin()
    await import(dir + '/lib/behind.ts')
    found.files = [before, admitted]`)
  expect(found['files']).toEqual([[], [path.join(dir, 'lib/behind.ts')]])
})
