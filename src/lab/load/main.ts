import {createServer} from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {Generator} from './generator.ts'
import type {LoadSettings} from './generator.ts'

/** The load generator with its loopback control port. GET /stats, POST /set, /mark, /reset. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const generator = new Generator(env['LOAD_TARGET'] ?? '', {rps: Number(env['LOAD_RPS'] ?? 20), slow: 0, slowMs: 2000})
  const control = createServer((request, response) => answer(generator, request, response))
  await new Promise<void>((resolve, reject) => {
    control.once('error', reject)
    control.listen(Number(env['LOAD_CONTROL_PORT']), '127.0.0.1', resolve)
  })
  generator.start()
  process.once('SIGTERM', () => {
    generator.stop()
    process.exit(0)
  })
}

function answer(generator: Generator, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://load')
  const query = url.searchParams
  const name = query.get('name') ?? ''
  let status = 200
  if (request.method === 'POST' && url.pathname === '/set') generator.set(settingsOf(query))
  else if (request.method === 'POST' && url.pathname === '/reset') generator.reset()
  else if (request.method === 'POST' && url.pathname === '/mark' && name !== '') generator.mark(name)
  else if (url.pathname !== '/stats') status = 404
  const view = generator.view(query.get('since') ?? undefined)
  if (view === undefined) status = 404
  response.writeHead(status, {'content-type': 'application/json', connection: 'close'})
  response.end(JSON.stringify(view ?? {error: 'no such mark'}))
}

function settingsOf(query: URLSearchParams): Partial<LoadSettings> {
  const number = (key: string, most: number) => {
    const value = Number(query.get(key))
    return query.has(key) && value >= 0 && value <= most ? value : undefined
  }
  const rps = number('rps', 20_000)
  const slow = number('slow', 1)
  const slowMs = number('slowMs', 10_000)
  return {
    ...(rps === undefined ? {} : {rps}),
    ...(slow === undefined ? {} : {slow}),
    ...(slowMs === undefined ? {} : {slowMs}),
  }
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
