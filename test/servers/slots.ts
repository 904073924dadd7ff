import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {acceptSockets, type Sockets} from '../../src/lab/app/sockets.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {releaseSchema} from '../../src/releases/config.ts'
import {type HaproxyServer, startHaproxy} from './haproxy.ts'

/** How the next version that is started behaves. */
export interface Behaviour {
  readonly health: number
  readonly smoke: number
  /** Share of other requests answered 500. */
  readonly errors: number
  /** Before every answer but that of the health paths. */
  readonly delayMs?: number
}

const GOOD: Behaviour = {health: 200, smoke: 200, errors: 0}

/** Small instances in two slots, two each unless asked for more, behind a real HAProxy; blue is live with 1.0.0, green is parked. */
export interface SlotsLab {
  readonly url: string
  readonly haproxy: HaproxyServer
  /** What stands in the configuration file, and what is read from it. */
  readonly entry: object
  readonly config: ReturnType<typeof releaseSchema.parse> & {readonly environment: string}
  /** By version, or by version and instance: `2.0.0@blue-1`. */
  readonly behaviours: Map<string, Behaviour>
  readonly deployed: string[]
  version(instance: string): string | undefined
  /** Starts a version on an instance, past every driver. */
  begin(instance: string, version: string): Promise<void>
  /** Ends an instance at once, connections and all. */
  kill(instance: string): Promise<void>
  stop(): Promise<void>
}

export async function startSlots(overrides: Readonly<Record<string, unknown>> = {}, perSlot = 2): Promise<SlotsLab> {
  const names = ['blue', 'green'].flatMap(slot => Array.from({length: perSlot}, (_, nth) => `${slot}-${nth + 1}`))
  const behaviours = new Map<string, Behaviour>()
  const deployed: string[] = []
  const apps = await Promise.all(names.map(name => startApp(name, behaviours)))
  const appOf = (name: string | undefined): App => {
    const found = apps.find(app => app.name === name)
    if (found === undefined) throw new Error(`no instance ${name}`)
    return found
  }
  const control = createServer((request, response) => {
    const [, action, instance, version] = (request.url ?? '').split('/')
    deployed.push(`${action} ${instance} ${version ?? ''}`.trim())
    const work = action === 'start' ? appOf(instance).start(version ?? '') : appOf(instance).stop()
    work.then(() => response.end(`${action} ${instance}\n`)).catch((error: unknown) => response.destroy(error as Error))
  })
  const controlPort = await listen(control, 0)
  await Promise.all(apps.map(app => app.start('1.0.0')))
  const haproxy = await startHaproxy(haproxyText(apps))
  const script = 'fetch(process.argv[1]).then(async a=>{console.log((await a.text()).trim())})'
  const entry = {
    name: 'web',
    environment: 'test',
    traffic: {type: 'haproxy', socket: haproxy.socket, backend: 'app'},
    slots: ['blue', 'green'].map(slot => ({
      name: slot,
      instances: apps
        .filter(app => app.name.startsWith(slot))
        .map(app => ({name: app.name, url: `http://127.0.0.1:${app.port}`})),
    })),
    instances: {
      type: 'command',
      deploy: [process.execPath, '-e', script, `http://127.0.0.1:${controlPort}/start/{instance}/{version}`],
      stop: [process.execPath, '-e', script, `http://127.0.0.1:${controlPort}/stop/{instance}`],
      logs: [process.execPath, '-e', 'console.log(`first\\nstarted ${process.argv[1]}`)', '{instance}'],
      timeout: '20s',
    },
    smoke: [{name: 'home', path: '/smoke', body: 'smoke of'}],
    drainTimeout: '20s',
    ...overrides,
  }
  const config = {...releaseSchema.parse(entry), environment: 'test'}
  return {
    entry,
    url: `http://127.0.0.1:${haproxy.port}`,
    haproxy,
    config,
    behaviours,
    deployed,
    version: name => appOf(name).version(),
    begin: (name, version) => appOf(name).start(version),
    kill: name => appOf(name).stop(true),
    async stop() {
      await haproxy.stop()
      await Promise.all(apps.map(app => app.stop(true)))
      control.closeAllConnections()
      await new Promise(resolve => control.close(resolve))
    },
  }
}

interface App {
  readonly name: string
  readonly port: number
  version(): string | undefined
  start(version: string): Promise<void>
  stop(hard?: boolean): Promise<void>
}

async function startApp(name: string, behaviours: ReadonlyMap<string, Behaviour>): Promise<App> {
  const [port = 0] = await freePorts(1)
  let server: Server | undefined
  let sockets: Sockets | undefined
  let running: string | undefined
  const stop = async (hard = false): Promise<void> => {
    const old = server
    server = undefined
    running = undefined
    if (old === undefined) return
    const closed = new Promise(resolve => old.close(resolve))
    // An upgraded connection is none of the server's own any more: it gets its close frame, or its process is killed.
    sockets?.dismiss()
    if (hard) old.closeAllConnections()
    else old.closeIdleConnections()
    await closed
  }
  return {
    name,
    port,
    version: () => running,
    stop,
    async start(version) {
      await stop()
      const behaviour = behaviours.get(`${version}@${name}`) ?? behaviours.get(version) ?? GOOD
      server = createServer((request, response) => answer({name, version, behaviour}, request, response))
      server.keepAliveTimeout = 75_000
      sockets = acceptSockets(server)
      await listen(server, port)
      running = version
    },
  }
}

function answer(
  app: {readonly name: string; readonly version: string; readonly behaviour: Behaviour},
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://app')
  response.setHeader('x-server', app.name)
  response.setHeader('x-version', app.version)
  if (url.pathname.startsWith('/health')) {
    response.statusCode = url.pathname === '/health/ready' ? app.behaviour.health : 200
    response.end(JSON.stringify({status: 'ok', version: app.version}))
  } else if (url.pathname === '/gone') {
    response.statusCode = 404
    response.end()
  } else if (url.pathname === '/smoke') {
    response.statusCode = app.behaviour.smoke
    setTimeout(() => response.end(`smoke of ${app.name}`), app.behaviour.delayMs ?? 0)
  } else {
    setTimeout(
      () => {
        if (Math.random() < app.behaviour.errors) response.statusCode = 500
        response.end(app.name)
      },
      Number(url.searchParams.get('ms') ?? 0) + (app.behaviour.delayMs ?? 0),
    )
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

const haproxyText = (apps: readonly App[]): string => `
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  timeout queue 5s
  timeout tunnel 1h
  timeout check 20s
  option redispatch 1
  option idle-close-on-response
  retries 3
  retry-on conn-failure empty-response response-timeout
frontend fe
  bind 127.0.0.1:{port}
  http-request use-service prometheus-exporter if { path /metrics }
  default_backend app
backend app
  balance roundrobin
  option httpchk GET /health/ready
  http-check expect status 200
  default-server check inter 300ms fastinter 100ms downinter 300ms rise 2 fall 2
${apps.map(app => `  server ${app.name} 127.0.0.1:${app.port}${app.name.startsWith('green') ? ' disabled' : ''}`).join('\n')}
`
