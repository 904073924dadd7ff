/** See `scripts/release`. Everything is checked before anything is made. */
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {globSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {changelogSection, releaseChangelog} from './changelog.ts'

const root = path.resolve(import.meta.dirname, '..')
const file = (...parts: readonly string[]): string => path.join(root, ...parts)
const read = (name: string): string => readFileSync(file(name), 'utf8')
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']}).trim()

function refuse(why: string): never {
  process.stderr.write(`not released: ${why}\n`)
  process.exit(1)
}

function requireClean(): void {
  const changed = run('git', 'status', '--porcelain')
  if (changed !== '') refuse(`these files are not committed:\n${changed}`)
}

function prepare(version: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version)) refuse(`${JSON.stringify(version)} is not a version such as 1.2.0`)
  requireClean()
  if (run('git', 'tag', '--list', `v${version}`) !== '') refuse(`there is a tag v${version} already`)
  let changelog: string
  try {
    changelog = releaseChangelog(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10))
  } catch (error) {
    return refuse((error as Error).message)
  }
  run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts')
  writeFileSync(file('CHANGELOG.md'), changelog)
  run('git', 'commit', '--quiet', '--all', '--message', `release: ${version}`)
  run('git', 'tag', '--annotate', `v${version}`, '--message', `opsconsole ${version}`)
  process.stdout.write(`Committed and tagged v${version}. Look at it, then: git push --follow-tags\n`)
}

function build(tag: string): void {
  const version = /^v(\d+\.\d+\.\d+)$/.exec(tag)?.[1] ?? refuse(`${JSON.stringify(tag)} is not a tag such as v1.2.0`)
  requireClean()
  if (
    run('git', 'tag', '--points-at', 'HEAD')
      .split('\n')
      .every(name => name !== tag)
  )
    refuse(`this commit is not ${tag}`)
  for (const name of ['package.json', 'package-lock.json']) {
    const said = (JSON.parse(read(name)) as {version: string}).version
    if (said !== version) refuse(`${name} says ${said}`)
  }
  const notes = changelogSection(read('CHANGELOG.md'), version)
  if (!notes) refuse(`CHANGELOG.md says nothing of ${version}`)
  rmSync(file('release'), {recursive: true, force: true})
  mkdirSync(file('release'))
  run('npm', 'pack', '--silent', '--pack-destination', file('release'))
  const [tarball = refuse('npm packed nothing')] = globSync('*.tgz', {cwd: file('release')})
  const sum = createHash('sha256')
    .update(readFileSync(file('release', tarball)))
    .digest('hex')
  writeFileSync(file('release', 'SHA256SUMS'), `${sum}  ${tarball}\n`)
  writeFileSync(file('release', 'NOTES.md'), `${notes}\n`)
  process.stdout.write(`release/${tarball}\n${sum}\n`)
}

const [command, argument, ...rest] = process.argv.slice(2)
if (command === 'prepare' && argument && rest.length === 0) prepare(argument)
else if (command === 'build' && argument && rest.length === 0) build(argument)
else {
  process.stderr.write('usage: ./scripts/release prepare VERSION | build TAG\n')
  process.exit(2)
}
