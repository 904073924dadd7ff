import {spawn} from 'node:child_process'
import {copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {stripTypeScriptTypes} from 'node:module'
import os from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {type Files, ROOT} from './files.ts'

/**
 * Shipped runbooks as JavaScript: Node takes no types out of files under node_modules, which is where an installed
 * package is. Types go, comments and order stay: `runbook show` prints what runs, and it is to be read.
 */
export async function runbooksAsJavaScript(): Promise<Files> {
  const names = globSync('*.ts', {cwd: path.join(ROOT, 'runbooks')}).filter(name => !name.includes('.test.'))
  return formatted(new Map(names.map(name => [`runbooks/${name.replace(/\.ts$/, '.js')}`, withoutTypes(name)])))
}

/** Blanks stand where types stood. */
function withoutTypes(name: string): string {
  const source = readFileSync(path.join(ROOT, 'runbooks', name), 'utf8')
  if (/from '\.{1,2}\//.test(source)) throw new Error(`runbooks/${name} imports a file: the build moves runbooks only`)
  return stripTypeScriptTypes(source)
}

/** All by one formatter: to start it takes longer than a file does. */
async function formatted(files: Files): Promise<Files> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-runbooks-'))
  try {
    mkdirSync(path.join(directory, 'runbooks'))
    copyFileSync(path.join(ROOT, 'biome.json'), path.join(directory, 'biome.json'))
    for (const [name, source] of files) writeFileSync(path.join(directory, name), source)
    const biome = spawn(path.join(ROOT, 'node_modules/.bin/biome'), ['format', '--write', 'runbooks'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<number | null>((resolve, reject) => biome.once('error', reject).once('close', resolve))
    const [said, told, code] = await Promise.all([text(biome.stdout), text(biome.stderr), ended])
    if (code !== 0) throw new Error(`runbooks cannot be formatted as JavaScript:\n${said}${told}`)
    return new Map([...files.keys()].map(name => [name, readFileSync(path.join(directory, name), 'utf8')]))
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}
