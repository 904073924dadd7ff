import {spawn} from 'node:child_process'
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {type Files, ROOT} from './files.ts'
import {pruneDeclarations} from './prune-declarations.ts'

/** Types of the API and of the shipped runbooks, without anything that only the inside of the program needs. */
export async function declareTypes(): Promise<Files> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-types-'))
  try {
    await emit(directory)
    const emitted = new Map(
      globSync('**/*.d.ts', {cwd: directory}).map(name => [name, readFileSync(path.join(directory, name), 'utf8')]),
    )
    const entries = [...emitted.keys()].filter(name => name === 'src/api.d.ts' || name.startsWith('runbooks/'))
    const {files, packages} = pruneDeclarations(emitted, entries)
    const {dependencies} = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {dependencies: object}
    const unknown = packages.filter(name => !Object.hasOwn(dependencies, name))
    if (unknown.length > 0)
      throw new Error(`types of the API use ${unknown.join(', ')}, which is not installed with the program`)
    return new Map([...files].map(([name, contents]) => [`types/${name}`, contents]))
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

async function emit(outDir: string): Promise<void> {
  const project = path.join(outDir, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir,
    rootDir: ROOT,
    typeRoots: [path.join(ROOT, 'node_modules/@types')],
  }
  const files = [path.join(ROOT, 'src/api.ts'), ...globSync(path.join(ROOT, 'runbooks/*.ts'))]
  writeFileSync(
    project,
    JSON.stringify({extends: path.join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files}),
  )
  const tsc = spawn(path.join(ROOT, 'node_modules/.bin/tsc'), ['--project', project], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve, reject) => tsc.once('error', reject).once('close', resolve))
  const [said, code] = await Promise.all([text(tsc.stdout), ended])
  if (code !== 0) throw new Error(`types of the API cannot be made:\n${said}`)
}
