import {existsSync, globSync, readFileSync, statSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {findCommand} from '../../src/commands/registry.ts'
import {parseInvocation} from '../../src/commands/parse.ts'
import {EXIT} from '../../src/errors.ts'
import {FAULT_KINDS} from '../../src/lab/fault-text.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md'], {cwd: ROOT}).sort()
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

/** A heading's anchor as GitHub and GitLab make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')
const anchors = (file: string): readonly string[] =>
  [
    ...read(file)
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, text = '']) => anchorOf(text))

describe('links of the documents', () => {
  test.each(DOCUMENTS)('%s points only at what is there', file => {
    const dead = [...withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter(link => !/^https?:/.test(link))
      .filter(link => {
        const [target = '', anchor] = link.split('#')
        const found = target === '' ? file : path.join(path.dirname(file), target)
        if (!existsSync(path.join(ROOT, found))) return true
        return anchor !== undefined && !anchors(found).includes(anchor)
      })
    expect(dead).toEqual([])
  })

  test('every document in docs/ can be reached from the README', () => {
    const seen = new Set(['README.md'])
    for (const file of seen)
      for (const [, link = ''] of read(file).matchAll(/\]\(([^)#\s]+)/g)) {
        const target = path.join(path.dirname(file), link)
        if (target.endsWith('.md') && existsSync(path.join(ROOT, target))) seen.add(target)
        if (target.endsWith('decisions/')) for (const each of DOCUMENTS) if (each.startsWith(target)) seen.add(each)
      }
    expect(DOCUMENTS.filter(file => !seen.has(file))).toEqual([])
  })
})

test.each(DOCUMENTS)('%s names no place of one machine', file => {
  expect(read(file)).not.toMatch(/\/work\/|\/root\b|\/tmp\/[a-z]|\/home\/[a-z]|127\.0\.0\.1:\d{5}/)
})

/** As a shell splits them, without its expansions. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''))

/** Lines of shell blocks that call the program, as argument lists. */
function calls(file: string): readonly (readonly string[])[] {
  const shell = [...read(file).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text).join('\n')
  return shell
    .split('\n')
    .map(line => /(?:^|\s)opsconsole (.*)$/.exec(line.replace(/\s+# .*$/, ''))?.[1])
    .filter(line => line !== undefined)
    .map(line => wordsOf(line.split(' | ')[0] ?? ''))
    .filter(words => words[0]?.startsWith('-') !== true)
}

/** What stands in running text as a command: with the name of the program, or a command and something of it. */
function mentions(file: string): readonly (readonly string[])[] {
  const text = read(file).replaceAll(/^```[\s\S]*?^```$/gm, '')
  return [...text.matchAll(/`(opsconsole )?([a-z][^`\n]*)`/g)].flatMap(([, program, line = '']) => {
    const words = wordsOf(line)
    const flags = words.filter(word => word.startsWith('--'))
    if (program === undefined && (flags.length === 0 || findCommand(words) === undefined)) return []
    // A list of who may sign names a person of that name.
    return line.includes('ssh-ed25519') ? [] : [words]
  })
}

test('what running text calls a command is one, and has these flags', async () => {
  const mentioned = DOCUMENTS.flatMap(file => mentions(file).map(words => ({file, words})))
  expect(mentioned.length).toBeGreaterThan(150)
  const wrong: string[] = []
  for (const {file, words} of mentioned)
    await parseInvocation([...words]).catch((error: Error) => {
      // In a sentence, what it is done to may be left out.
      if (/^there is no (command|flag)/.test(error.message)) wrong.push(`${file}: ${words.join(' ')}: ${error.message}`)
    })
  expect(wrong).toEqual([])
})

const CALLS = DOCUMENTS.flatMap(file => calls(file).map(words => [file, words.join(' '), words] as const))

test('the documents show many commands', () => {
  expect(CALLS.length).toBeGreaterThan(25)
})

test.each(CALLS)('%s: opsconsole %s is a command with these flags', async (_file, _text, words) => {
  expect(findCommand(words)).toBeDefined()
  expect((await parseInvocation([...words])).command).toBeDefined()
})

describe('tables that repeat the code', () => {
  test('docs/ci.md has every exit code', () => {
    const table = read('docs/ci.md').split('## Exit codes')[1]?.split('##')[0] ?? ''
    const codes = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
    expect(codes).toEqual(Object.values(EXIT))
  })

  test('docs/lab.md has every fault, in the words of the program', () => {
    const rows = [...read('docs/lab.md').matchAll(/^\| `([a-z][^`]*)` \| (.+) \|$/gm)].map(([, form, meaning]) => ({
      form,
      meaning,
    }))
    expect(rows).toEqual(expect.arrayContaining([...FAULT_KINDS]))
  })
})

test('the pictures are there, small, and taken in both sizes', () => {
  const pictures = globSync('docs/screens/*.png', {cwd: ROOT})
  const total = pictures.reduce((sum, file) => sum + statSync(path.join(ROOT, file)).size, 0)
  expect(total).toBeLessThan(3_500_000)
  const names = ['overview', 'services', 'alerts', 'caches', 'backups', 'releases', 'runs', 'databases', 'audit']
  const screens = [...names, 'runbooks', 'plan', 'start', 'run', 'question', 'help', 'command-line']
  const wanted = screens.flatMap(name => [`${name}-80x24.png`, `${name}-120x40.png`])
  expect([...wanted, 'overview-60x15.png'].filter(name => !pictures.includes(`docs/screens/${name}`))).toEqual([])
})
