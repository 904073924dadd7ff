import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {spawnSync} from 'node:child_process'
import {afterAll, expect, test} from 'vitest'

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-place-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

/** In a process of its own: a test's modules are not loaded by Node. */
function placeOf(name: string, text: string): string {
  const file = path.join(dir, name)
  writeFileSync(file, text)
  const module = path.join(import.meta.dirname, 'place-of-failure.ts')
  const code = `import {placeOfFailure} from ${JSON.stringify(module)}
    await import(${JSON.stringify(`${file}?x`)}).catch(error => console.log(placeOfFailure(${JSON.stringify(file)}, error)))`
  return path.basename(
    spawnSync(process.execPath, ['--input-type=module', '-e', code], {encoding: 'utf8'}).stdout.trim(),
  )
}

test.each([
  ['mistake.ts', 'const a = 1\nconst b = \n}\n', 'mistake.ts:3'],
  ['enum.ts', 'const a = 1\nenum X {A}\n', 'enum.ts:2'],
  ['plain.mjs', 'const a = 1\nconst b = ;\n', 'plain.mjs:2'],
  ['throws.ts', "export const a = 1\n\nthrow new Error('boom')\n", 'throws.ts:3'],
  ['missing.ts', "import {nope} from 'node:fs'\nexport default nope\n", 'missing.ts:1'],
  ['absent.ts', "import './nope.ts'\n", 'absent.ts'],
])('%s that does not load is named with its line', (name, text, place) => {
  expect(placeOf(name, text)).toBe(place)
})
