import {spawn} from 'node:child_process'
import {globSync, readFileSync} from 'node:fs'
import {stripTypeScriptTypes} from 'node:module'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {type Files, ROOT} from './files.ts'

/**
 * Shipped runbooks as JavaScript: Node takes no types out of files under node_modules, which is where an installed
 * package is. Types go, comments and order stay: `runbook show` prints what runs, and it is to be read.
 */
export async function runbooksAsJavaScript(): Promise<Files> {
  const names = globSync('*.ts', {cwd: path.join(ROOT, 'runbooks')}).filter(name => !name.includes('.test.'))
  return new Map(
    await Promise.all(
      names.map(async name => [`runbooks/${name.replace(/\.ts$/, '.js')}`, await toJavaScript(name)] as const),
    ),
  )
}

async function toJavaScript(name: string): Promise<string> {
  const source = readFileSync(path.join(ROOT, 'runbooks', name), 'utf8')
  if (/from '\.{1,2}\//.test(source)) throw new Error(`runbooks/${name} imports a file: the build moves runbooks only`)
  return formatted(name, stripTypeScriptTypes(source))
}

/** Blanks stand where types stood. */
async function formatted(name: string, source: string): Promise<string> {
  const biome = path.join(ROOT, 'node_modules/.bin/biome')
  const child = spawn(biome, ['format', `--stdin-file-path=runbooks/${name.replace(/\.ts$/, '.js')}`], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(source)
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [output, code] = await Promise.all([text(child.stdout), ended])
  if (code !== 0) throw new Error(`runbooks/${name} cannot be formatted as JavaScript`)
  return output
}
