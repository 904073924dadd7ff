import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'

const HERE = import.meta.dirname
/** Opens what a state directory has for one process, and leaves it open, so that side files are there too. */
const OPEN = `
  const {openStore} = await import('${HERE}/open.ts')
  const {openLockStore} = await import('${HERE}/locks.ts')
  const {secretKey} = await import('${HERE}/secret-key.ts')
  const {openAuditLog} = await import('${HERE}/audit-log.ts')
  const [stateDir] = process.argv.slice(1)
  const clock = {now: () => 1, monotonic: () => 1}
  const actor = {name: 'ada', evidence: 'kernel', uid: 1, loginUid: 1, from: 'host', host: 'ops1'}
  openStore(stateDir)
  openLockStore({stateDir, clock, hasUnknownStep: () => false}).acquire({resource: 'a', run: 'r', actor: 'ada', reason: ''})
  secretKey(stateDir)
  openAuditLog({stateDir, clock, actor, redact: text => text}).append({action: 'a', phase: 'decision', target: 't'})
  const {readdirSync, statSync} = await import('node:fs')
  const entries = readdirSync(stateDir, {recursive: true}).map(name => [name, (statSync(stateDir + '/' + name).mode & 0o7777).toString(8)])
  console.log(JSON.stringify(Object.fromEntries(entries)))`

test.each(['000', '022', '077'])('everything in a state directory is for its owner alone, with umask %s', umask => {
  const place = mkdtempSync(path.join(tmpdir(), 'opsconsole-modes-'))
  try {
    const stateDir = path.join(place, 'state')
    const script = [
      '-c',
      `umask ${umask}; exec "$0" "$@"`,
      process.execPath,
      '--no-warnings',
      '--input-type=module',
      '-e',
      OPEN,
      stateDir,
    ]
    const modes = JSON.parse(execFileSync('sh', script, {encoding: 'utf8'})) as Record<string, string>
    expect(Object.keys(modes)).toEqual(expect.arrayContaining(['locks.db', 'locks.db-wal', 'store.db', 'secret.key']))
    expect((statSync(stateDir).mode & 0o7777).toString(8)).toBe('700')
    const directories = readdirSync(stateDir, {withFileTypes: true}).flatMap(each =>
      each.isDirectory() ? [each.name] : [],
    )
    const wrong = Object.entries(modes).filter(([name, mode]) => mode !== (directories.includes(name) ? '700' : '600'))
    expect(wrong).toEqual([])
  } finally {
    rmSync(place, {recursive: true})
  }
})
