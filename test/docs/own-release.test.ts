import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {execFileSync} from 'node:child_process'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'
import {createProgram, type Program} from '../program/program.ts'
import {type HaproxyServer, startHaproxy} from '../servers/haproxy.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'

/**
 * "Your own release" of docs/releases.md as a stranger does it: the documented haproxy.cfg and opsconsole.yaml, with a real HAProxy and
 * a real sshd. What is put in their place here: addresses and paths, systemctl (a stand-in that starts a small application), and
 * no sudo, which is not where these tests run.
 */
const DOCUMENT = readFileSync(path.resolve(import.meta.dirname, '../../docs/releases.md'), 'utf8')

function block(first: string): string {
  const found = DOCUMENT.split('```').find(text => text.slice(text.indexOf('\n') + 1).startsWith(first))
  if (found === undefined) throw new Error(`docs/releases.md has no block that begins with ${first}`)
  return found.slice(found.indexOf('\n') + 1)
}
/** Every replacement must be of something that is there. */
const filled = (text: string, places: Readonly<Record<string, string>>): string =>
  Object.entries(places).reduce((all, [old, next]) => {
    if (!all.includes(old)) throw new Error(`the documented block has no ${old}`)
    return all.replaceAll(old, next)
  }, text)

const APP = `
const {createServer} = require('node:http')
const [, , port, version] = process.argv
createServer((request, response) => response.end(JSON.stringify({version}))).listen(Number(port), '127.0.0.1')
`
const SYSTEMCTL = (dir: string, node: string): string => `#!/bin/sh
verb=$1; for unit; do :; done
name=\${unit#web@}; name=\${name%.service}
stop() { if [ -e "${dir}/$name.pid" ]; then kill "$(cat "${dir}/$name.pid")"; rm -f "${dir}/$name.pid"; fi; }
case "$verb" in
  show) printf 'LoadState=loaded\\nActiveState=active\\nSubState=running\\nNeedDaemonReload=no\\n';;
  stop) stop;;
  restart)
    stop
    . "${dir}/$name.env"
    "${node}" "${dir}/app.cjs" "$PORT" "$VERSION" </dev/null >/dev/null 2>&1 &
    echo $! > "${dir}/$name.pid";;
esac
`

let dir: string
let sshd: Sshd
let haproxy: HaproxyServer
let program: Program
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-own-'))
  sshd = await startSshd()
  const [blue = 0, green = 0] = await freePorts(2)
  const systemctl = path.join(dir, 'systemctl')
  writeFileSync(path.join(dir, 'app.cjs'), APP)
  writeFileSync(systemctl, SYSTEMCTL(dir, process.execPath))
  chmodSync(systemctl, 0o755)
  const environment = block('# /etc/web/blue1.env')
  for (const [name, port] of [
    ['blue1', blue],
    ['green1', green],
  ] as const)
    writeFileSync(path.join(dir, `${name}.env`), filled(environment, {'PORT=8080': `PORT=${port}`}))
  execFileSync(systemctl, ['restart', 'web@blue1.service'])
  const servers = {'10.0.0.11:8080': `127.0.0.1:${blue}`, '10.0.0.11:8081': `127.0.0.1:${green}`}
  mkdirSync(path.join(dir, 'state'))
  const stateFile = path.join(dir, 'state', 'server-state')
  writeFileSync(stateFile, '')
  const stated = {'/var/lib/haproxy/server-state': stateFile}
  haproxy = await startHaproxy(
    filled(block('# haproxy.cfg'), {
      ...servers,
      ...stated,
      '/run/haproxy/admin.sock': '{socket}',
      ' group opsconsole': '',
      'bind :80': 'bind 127.0.0.1:{port}',
    }),
  )
  program = createProgram({
    config: filled(block('# opsconsole.yaml'), {
      ...servers,
      ...stated,
      '/run/haproxy/admin.sock': haproxy.socket,
      '/etc/web/': `${dir}/`,
      'sudo: true': `systemctl: ['${systemctl}']\n      ssh: {config: '${sshd.configFor('app1')}'}`,
    }),
  })
}, 60_000)
afterAll(async () => {
  for (const name of ['blue1', 'green1']) execFileSync(path.join(dir, 'systemctl'), ['stop', `web@${name}.service`])
  program.remove()
  await haproxy.stop()
  await sshd.stop()
  rmSync(dir, {recursive: true, force: true})
}, 30_000)

const served = async (): Promise<unknown> =>
  ((await (await fetch(`http://127.0.0.1:${haproxy.port}/`)).json()) as {version: unknown}).version
const run = async (...args: readonly string[]) => {
  const {code, stdout, stderr} = await program.run(...args)
  return {code, text: stdout + stderr}
}

test('the documented proxy, configuration and commands deploy a version and roll it back', async () => {
  const doctor = await run('doctor')
  expect(doctor.text).toMatch(/ok +release production\/web +HAProxy /)
  expect(doctor.text).not.toMatch(/failed +release/)
  await expect.poll(served, {timeout: 60_000}).toBe('1.0.0')
  const plan = await run('plan', 'deploy', '-p', 'version=1.1.0')
  expect(plan, plan.text).toMatchObject({code: 0})
  const sure = ['--yes', '--confirm', 'production', '-p', 'release=web']
  const deploy = await run('run', 'deploy', ...sure, '-p', 'version=1.1.0', '-p', 'watch=1s')
  // No user asks anything: that proves nothing, which is what exit code 11 says.
  expect(deploy, deploy.text).toMatchObject({code: 11})
  expect(await served()).toBe('1.1.0')
  const back = await run('run', 'rollback', ...sure)
  expect(back, back.text).toMatchObject({code: 0})
  expect(await served()).toBe('1.0.0')
}, 240_000)
