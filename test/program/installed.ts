import {execFile} from 'node:child_process'
import {chmodSync, cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Ended} from './program.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The package as npm packs it from a checkout without dist, and as npm installs it for everybody on a machine. */
export interface InstalledProgram {
  /** Every account may enter: the lab's servers do. */
  readonly dir: string
  readonly tarball: string
  /** Names in the tarball. */
  readonly files: readonly string[]
  /** Where the package is. */
  readonly package: string
  /** A new and empty one. */
  readonly home: string
  /** Runs `opsconsole` from PATH, in a directory. */
  run(cwd: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  remove(): void
}

export async function installProgram(): Promise<InstalledProgram> {
  const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-package-'))
  chmodSync(dir, 0o755)
  const [checkout, global, home] = ['checkout', 'global', 'home'].map(name => path.join(dir, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(home)
  copyCheckout(checkout)
  await npm(checkout, 'pack', '--pack-destination', dir)
  const tarball = path.join(dir, globSync('*.tgz', {cwd: dir})[0] ?? 'none')
  await npm(dir, 'install', '--global', '--prefix', global, tarball)
  rmSync(checkout, {recursive: true})
  const listed = await ended('tar', ['-tzf', tarball], {cwd: dir})
  const run: InstalledProgram['run'] = (cwd, args, env = {}) =>
    ended('opsconsole', args, {
      cwd,
      env: {
        PATH: `${path.join(global, 'bin')}:${path.dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
        HOME: home,
        ...env,
      },
    })
  return {
    dir,
    tarball,
    files: listed.stdout
      .split('\n')
      .filter(Boolean)
      .map(name => name.replace(/^package\//, '')),
    package: path.join(global, 'lib/node_modules/opsconsole'),
    home,
    run,
    remove: () => rmSync(dir, {recursive: true, force: true}),
  }
}

/** As a fresh clone with its packages: nothing is built there. */
function copyCheckout(to: string): void {
  const {files} = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {files: readonly string[]}
  const parts = files.filter(name => !name.startsWith('!') && name !== 'dist')
  for (const name of [...parts, 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'biome.json'])
    cpSync(path.join(ROOT, name), path.join(to, name), {recursive: true})
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(to, 'node_modules'))
}

/** npm from its cache where it can; no script of any package runs but our own. Raises what it says when it fails. */
export async function npm(cwd: string, command: string, ...args: readonly string[]): Promise<void> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const scripts = command === 'pack' ? [] : ['--ignore-scripts']
  const {code, stdout, stderr} = await ended('npm', [command, ...quiet, ...scripts, ...args], {cwd, env: process.env})
  if (code !== 0) throw new Error(`npm ${command} ended with ${code}:\n${stdout}${stderr}`)
}

/** Runs a program to its end, whatever that is. */
export function ended(
  program: string,
  args: readonly string[],
  options: {readonly cwd: string; readonly env?: NodeJS.ProcessEnv},
): Promise<Ended> {
  return new Promise(resolve => {
    const child = execFile(program, args, {...options, maxBuffer: 64 << 20}, (_, stdout, stderr) =>
      resolve({code: child.exitCode, signal: child.signalCode, stdout, stderr}),
    )
    child.stdin?.end()
  })
}
