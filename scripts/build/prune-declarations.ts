import path from 'node:path'

/** One statement at the top of a declaration file, its comment before it. */
interface Statement {
  readonly text: string
  /** What it declares; none for imports and re-exports. */
  readonly name: string | undefined
  readonly from: string | undefined
  /** What it brings in or hands on: the name there, by the name here. */
  readonly names: ReadonlyMap<string, string>
  readonly exported: boolean
}

/**
 * Leaves what can be reached from the exports of the entries, and the packages that is written with: declarations of a
 * whole program name drivers, servers and their libraries, which nobody who writes a runbook has installed.
 */
export function pruneDeclarations(
  files: ReadonlyMap<string, string>,
  entries: readonly string[],
): {readonly files: ReadonlyMap<string, string>; readonly packages: readonly string[]} {
  const parsed = new Map([...files].map(([name, contents]) => [name, statementsOf(contents)]))
  const kept = new Set<Statement>()
  /** Names that a file's imports are needed for. */
  const used = new Map<string, Set<string>>()

  const keepAll = (file: string): void => {
    for (const statement of parsed.get(file) ?? []) if (statement.exported) keep(file, statement)
  }
  const keep = (file: string, statement: Statement): void => {
    if (kept.has(statement)) return
    kept.add(statement)
    if (statement.from !== undefined)
      for (const name of statement.names.values()) need(targetOf(file, statement.from), name)
    else for (const [, from = '', name = ''] of statement.text.matchAll(INLINE)) need(targetOf(file, from), name)
    for (const word of new Set(withoutComments(statement.text).match(/[A-Za-z_$][\w$]*/g))) needHere(file, word)
  }
  const needHere = (file: string, word: string): void => {
    for (const statement of parsed.get(file) ?? []) {
      if (statement.name === word) keep(file, statement)
      const imported = statement.exported || statement.from === undefined ? undefined : statement.names.get(word)
      if (imported === undefined) continue
      used.set(file, (used.get(file) ?? new Set()).add(word))
      if (imported === '*') keepAll(targetOf(file, statement.from as string))
      else need(targetOf(file, statement.from as string), imported)
    }
  }
  const need = (file: string, name: string): void => {
    for (const statement of parsed.get(file) ?? []) {
      if (statement.exported && (statement.name === name || statement.names.has(name))) keep(file, statement)
    }
  }
  for (const entry of entries) keepAll(entry)

  const left = new Map<string, string>()
  const packages = new Set<string>()
  for (const [file, statements] of parsed) {
    const mine = statements.flatMap(statement =>
      kept.has(statement) ? [statement.text] : narrowed(statement, used.get(file)),
    )
    if (!statements.some(statement => kept.has(statement))) continue
    const contents = `${mine.join('\n')}\n`
    left.set(file, contents)
    for (const [, from = ''] of contents.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from
      if (!/^\.|^node:|^opsconsole$/.test(from)) packages.add(name)
    }
  }
  return {files: left, packages: [...packages].sort()}
}

const INLINE = /import\("(\.[^"]+)"\)\.([\w$]+)/g

const targetOf = (file: string, from: string): string => path.join(path.dirname(file), from.replace(/\.tsx?$/, '.d.ts'))

/** An import with the names that are used; nothing without any. */
function narrowed({exported, from, names}: Statement, used: ReadonlySet<string> | undefined): readonly string[] {
  if (exported || from === undefined) return []
  const wanted = [...names].filter(([name]) => used?.has(name))
  const all = wanted.find(([, imported]) => imported === '*')
  if (all) return [`import type * as ${all[0]} from '${from}';`]
  if (wanted.length === 0) return []
  const list = wanted.map(([name, imported]) => (name === imported ? name : `${imported} as ${name}`))
  return [`import type { ${list.join(', ')} } from '${from}';`]
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '')

/** The compiler begins each statement, and each comment before one, at the start of a line. */
function statementsOf(contents: string): readonly Statement[] {
  const texts: string[] = []
  let afterComment = false
  for (const line of contents.split('\n')) {
    const begins = /^(?:export|import|declare|interface|type|\/\*\*)\b|^\/\*\*/.test(line)
    if (begins && !afterComment) texts.push(line)
    else if (texts.length > 0 && line !== '') texts[texts.length - 1] += `\n${line}`
    if (begins || line.trim() !== '') afterComment = line.endsWith('*/') && /^(?:\/\*\*| \*)/.test(line)
  }
  return texts.map(statementOf)
}

function statementOf(text: string): Statement {
  const code = withoutComments(text).trim()
  const exported = code.startsWith('export ')
  const brought = /^(?:import|export) (?:type )?(?:\{([^}]*)\}|\* as (\w+)|(\w+)) from ['"]([^'"]+)['"]/.exec(code)
  if (brought) {
    const [, list, namespace, single, from] = brought
    const names =
      list === undefined ? [[namespace ?? single ?? '', namespace ? '*' : 'default'] as const] : listed(list)
    return {text, name: undefined, from, names: new Map(names), exported}
  }
  const name = /^(?:export )?(?:declare )?(?:abstract )?(?:const|let|function|class|interface|type|enum) ([\w$]+)/.exec(
    code,
  )
  const isDefault = code.startsWith('export default')
  return {text, name: isDefault ? 'default' : name?.[1], from: undefined, names: new Map(), exported}
}

/** `type A, b as c`: the name there, by the name here. */
const listed = (list: string): readonly (readonly [string, string])[] =>
  list
    .split(',')
    .map(each => each.trim().replace(/^type /, ''))
    .filter(each => each !== '')
    .map(each => {
      const [there = '', here = there] = each.split(' as ')
      return [here, there] as const
    })
