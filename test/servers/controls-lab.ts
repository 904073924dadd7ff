import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {CONTROL_MAPS, controlLines} from '../../src/releases/traffic/haproxy/control-lines.ts'
import {type HaproxyServer, startHaproxy} from './haproxy.ts'

/** Two slots of two small applications behind a HAProxy that has all that emergency traffic controls need. Blue is live. */
export interface ControlsLab {
  readonly haproxy: HaproxyServer
  /** Of its maps. */
  readonly directory: string
  /** What stands in the configuration file. */
  readonly entry: Readonly<Record<string, unknown>> & {readonly name: 'web'; readonly environment: 'test'}
  stop(): Promise<void>
}

export async function startControlsLab(): Promise<ControlsLab> {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-controls-'))
  // HAProxy of the tests begins without privileges.
  chmodSync(directory, 0o755)
  const lines = controlLines(directory)
  const files = {...Object.fromEntries(CONTROL_MAPS.map(file => [file, ''])), 'pause.lua': lines.lua}
  for (const [file, text] of Object.entries({...files, 'maintenance.html': 'back soon'}))
    writeFileSync(path.join(directory, file), text, {mode: 0o644})
  const names = ['blue-1', 'blue-2', 'green-1', 'green-2']
  const apps = await Promise.all(names.map(startApp))
  const haproxy = await startHaproxy(`global
  stats socket {socket} mode 600 level admin
  stats socket {socket}.read mode 600 level user
  maxconn 2000
${lines.global}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 20s
frontend fe
  bind 127.0.0.1:{port}
  ${lines.frontend}
  default_backend app
${lines.others}
backend app
  balance roundrobin
  option httpchk GET /health/ready
  default-server check inter 200ms rise 2 fall 2
${names.map((name, at) => `  server ${name} 127.0.0.1:${portOf(apps[at])}${at > 1 ? ' disabled' : ''}`).join('\n')}
`)
  return {
    haproxy,
    directory,
    entry: {
      name: 'web',
      environment: 'test',
      traffic: {
        type: 'haproxy',
        socket: haproxy.socket,
        readSocket: `${haproxy.socket}.read`,
        backend: 'app',
        controls: directory,
      },
      instances: {type: 'command', deploy: ['none'], stop: ['none'], timeout: '60s'},
      slots: ['blue', 'green'].map((slot, at) => ({
        name: slot,
        instances: [0, 1].map(nth => ({
          name: `${slot}-${nth + 1}`,
          url: `http://127.0.0.1:${portOf(apps[2 * at + nth])}`,
        })),
      })),
    },
    async stop() {
      await haproxy.stop()
      for (const app of apps) {
        app.closeAllConnections()
        await new Promise(resolve => app.close(resolve))
      }
      rmSync(directory, {recursive: true, force: true})
    },
  }
}

const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo | undefined)?.port ?? 0

async function startApp(name: string): Promise<Server> {
  const server = createServer((request, response) =>
    response.end(request.url?.startsWith('/health') === true ? '{"version":"1.0.0"}' : name),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}
