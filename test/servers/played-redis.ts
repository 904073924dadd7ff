import {createServer, type Socket} from 'node:net'
import {globToRegExp} from '../../src/caches/glob.ts'
import type {Relative} from '../foreign/redis-relatives.ts'

/** A server that answers as another one would, from what that one says of itself; its keys are real. */
export interface PlayedRedis {
  readonly url: string
  readonly keys: Map<string, string>
  /** Commands that it was sent and does not know. */
  readonly unknown: ReadonlySet<string>
  stop(): Promise<void>
}

/** Knows the commands of its COMMAND answer, with as many words as stand there, and no others. */
export async function playRedis({info, hello, commands}: Relative): Promise<PlayedRedis> {
  const keys = new Map<string, string>()
  const unknown = new Set<string>()
  const known = new Map(commands.map(([name, arity]) => [name.toLowerCase(), arity]))
  const answers: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
    auth: () => 'OK',
    client: () => 'OK',
    select: () => 'OK',
    ping: () => 'PONG',
    hello: () => hello,
    info: () => Buffer.from(info.replaceAll('\n', '\r\n')),
    dbsize: () => keys.size,
    exists: names => names.filter(name => keys.has(name)).length,
    memory: ([, name = '']) => (keys.has(name) ? 64 : null),
    pexpiretime: ([name = '']) => (keys.has(name) ? -1 : -2),
    pttl: ([name = '']) => (keys.has(name) ? -1 : -2),
    scan: args => {
      const at = args.findIndex(word => word.toUpperCase() === 'MATCH')
      const wanted = globToRegExp(at < 0 ? '*' : (args[at + 1] ?? '*'))
      return [Buffer.from('0'), [...keys.keys()].filter(key => wanted.test(key)).map(key => Buffer.from(key))]
    },
    slowlog: () => 0,
    substr: ([name = '']) => Buffer.from(keys.get(name) ?? ''),
    time: () => ['1700000000', '0'].map(text => Buffer.from(text)),
    unlink: names => names.filter(name => keys.delete(name)).length,
  }
  const answer = ([word = '', ...args]: readonly string[]): string => {
    const name = word.toLowerCase()
    const arity = known.get(name)
    const given = args.length + 1
    if (arity === undefined) {
      unknown.add(name)
      return `-ERR unknown command '${word}'\r\n`
    }
    if (arity < 0 ? given < -arity : given !== arity) return `-ERR wrong number of arguments for '${name}' command\r\n`
    const play = answers[name]
    return play === undefined ? `-ERR ${name} is not played\r\n` : encode(play(args))
  }
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let waiting = ''
    socket.setEncoding('latin1').on('data', (piece: string) => {
      waiting += piece
      for (let next = wordsIn(waiting); next !== undefined; next = wordsIn(waiting)) {
        waiting = waiting.slice(next.length)
        socket.write(answer(next.words), 'latin1')
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return {
    url: `redis://127.0.0.1:${address.port}`,
    keys,
    unknown,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** The first whole command: an array of texts with their lengths. */
function wordsIn(text: string): {readonly words: readonly string[]; readonly length: number} | undefined {
  const head = /^\*(\d+)\r\n/.exec(text)
  if (head === null) return undefined
  let at = head[0].length
  const words: string[] = []
  while (words.length < Number(head[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at))
    if (size === null) return undefined
    const from = at + size[0].length
    at = from + Number(size[1]) + 2
    if (at > text.length) return undefined
    words.push(text.slice(from, at - 2))
  }
  return {words, length: at}
}

function encode(value: unknown): string {
  if (value === null) return '$-1\r\n'
  if (typeof value === 'number') return `:${value}\r\n`
  if (Array.isArray(value)) return `*${value.length}\r\n${value.map(one => encode(bulk(one))).join('')}`
  if (Buffer.isBuffer(value)) return `$${value.length}\r\n${value.toString('latin1')}\r\n`
  return typeof value === 'string' ? `+${value}\r\n` : `-ERR not played\r\n`
}

/** Inside of answers texts have their lengths. */
const bulk = (value: unknown): unknown => (typeof value === 'string' ? Buffer.from(value) : value)
