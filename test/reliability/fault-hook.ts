/**
 * Loaded with `node --import` in front of the program, by tests only: counts every operation of a run that touches the
 * disk, starts a process or sends a signal, and dies or fails at the one that it is told. The program knows nothing
 * of it.
 */
import childProcess from 'node:child_process'
import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'
import net from 'node:net'
import path from 'node:path'
import sqlite from 'node:sqlite'

/** before: killed just before the operation · torn: killed with half of the bytes written · else an error code. */
type Mode = 'before' | 'torn' | 'short' | 'EIO' | 'ENOSPC'

const {env} = process
const state = env['OPSCONSOLE_STATE_DIR'] ?? '/nowhere'
const isRunner = process.argv[2] === 'runner'
const real = {...fs}
const counted = env['FAULT_ROLE'] === 'starter' ? !isRunner : isRunner
const at = Number(env['FAULT_AT'] ?? 0)
const mode = (env['FAULT_MODE'] ?? 'before') as Mode
const lasting = env['FAULT_LASTING'] === 'yes'
const names = new Map<number, string>()
let count = 0

interface Operation {
  readonly name: string
  readonly label: string
  readonly run: () => unknown
  /** Carries out half of it, for writes. */
  readonly half?: () => unknown
}

function operate({name, label, run, half}: Operation): unknown {
  if (!counted) return run()
  count += 1
  const trace = env['FAULT_TRACE']
  if (trace !== undefined) real.appendFileSync(trace, `${count}\t${name}\t${label}\n`)
  const hit = count === at || (lasting && at > 0 && count > at)
  if (!hit) return run()
  if (mode === 'short') return half ? half() : run()
  if (mode === 'before' || mode === 'torn') {
    if (mode === 'torn') half?.()
    process.kill(process.pid, 'SIGKILL')
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  }
  // A process that is started or a signal that is sent needs no disk.
  if (name === 'spawn' || name === 'signal') return run()
  throw Object.assign(new Error(`${mode}: injected, ${name} ${label}`), {code: mode})
}

const place = (file: unknown): string | undefined => {
  const name = typeof file === 'number' ? names.get(file) : typeof file === 'string' ? file : undefined
  if (name === undefined || !name.startsWith(`${state}/`)) return undefined
  return path
    .relative(state, name)
    .replace(/^runs\/[^/]+\//, '')
    .replace(/\d{8}-\d{6}-[a-z0-9]{4}/, 'RUN')
    .replace(/spool-\w+/, 'spool')
    .replace(/\.tmp-\d+$/, ' (aside)')
    .replace(/\d{14}-[-0-9a-f]{36}/, 'REQUEST')
}

/** What a record says, in a word: `journal step-started`, `audit/log step intent`. */
function what(file: string, bytes: unknown): string {
  const text = String(bytes)
  const type = /"type":"([a-z-]+)"/.exec(text)?.[1]
  const phase = /"phase":"([a-z]+)"/.exec(text)?.[1]
  const action = /"action":"([^"]+)"/.exec(text)?.[1]
  if (file === 'journal') return `journal: ${type}${phase === 'undo' ? ' (undo)' : ''}`
  if (file === 'audit/log') return `audit: ${action} ${phase}`
  return file
}

type Call = (...args: unknown[]) => unknown
const patch = (name: string, make: (original: Call) => Call): void => {
  const table = fs as unknown as Record<string, Call>
  table[name] = make(table[name] as Call)
}
for (const name of ['fsyncSync', 'fdatasyncSync', 'rmSync', 'unlinkSync', 'mkdirSync', 'ftruncateSync'] as const) {
  patch(name, original => (...args) => {
    const label = place(args[0])
    const run = (): unknown => original(...args)
    return label === undefined ? run() : operate({name: name.replace('Sync', ''), label, run})
  })
}
patch('renameSync', original => (...args) => {
  const label = place(args[1])
  const run = (): unknown => original(...args)
  return label === undefined ? run() : operate({name: 'rename', label, run})
})
patch('openSync', original => (...args) => {
  const label = place(args[0])
  const run = (): unknown => {
    const descriptor = original(...args) as number
    if (typeof args[0] === 'string') names.set(descriptor, args[0])
    return descriptor
  }
  const writes = typeof args[1] === 'string' && args[1] !== 'r'
  return label === undefined || !writes ? run() : operate({name: 'open', label, run})
})
for (const name of ['writeSync', 'writeFileSync', 'appendFileSync']) {
  patch(name, original => (...args) => {
    const label = place(args[0])
    const run = (): unknown => original(...args)
    if (label === undefined) return run()
    const bytes = Buffer.from(args[1] as string)
    const half = (): unknown => original(args[0], bytes.subarray(0, bytes.length >> 1), ...args.slice(2))
    return operate({name: 'write', label: what(label, args[1]), run, half})
  })
}
const spawn = childProcess.spawn as unknown as Call
;(childProcess as unknown as Record<string, Call>)['spawn'] = (...args) => {
  const [program, argv, options] = args as [string, string[], {env: Record<string, string>}]
  if (argv[1] !== 'runner') {
    const waits = argv[1]?.includes('read -rN')
    const label = waits ? 'a shell for the next command' : String(argv.at(-1)).slice(0, 60)
    return operate({name: 'spawn', label, run: () => spawn(...args)})
  }
  const faults = Object.fromEntries(Object.entries(env).filter(([key]) => key.startsWith('FAULT_')))
  const run = (): unknown =>
    spawn(program, ['--import', import.meta.filename, ...argv], {...options, env: {...options.env, ...faults}})
  return operate({name: 'spawn', label: 'the runner', run})
}
/** A shell that waits is given its command over a socket: that is the moment when something begins to happen. */
const sockets = net.Socket.prototype as unknown as {end: (this: net.Socket, ...args: unknown[]) => unknown}
const endSocket = sockets.end
sockets.end = function (this: net.Socket, ...args: unknown[]) {
  const run = (): unknown => endSocket.apply(this, args)
  if (typeof args[0] !== 'string' || !args[0].includes('\0')) return run()
  const text = String(args[0].split('\0').at(-2)).slice(0, 60)
  return operate({name: 'spawn', label: `${text} (in the shell that waited)`, run})
}
const kill = process.kill.bind(process)
process.kill = ((pid: number, signal: string | number) =>
  pid === process.pid || signal === 0
    ? kill(pid, signal)
    : operate({name: 'signal', label: `${signal} to a process group`, run: () => kill(pid, signal)})) as typeof kill
const changes = /^\s*(COMMIT|INSERT|UPDATE|DELETE|CREATE|PRAGMA journal_mode)/
type Database = sqlite.DatabaseSync
const databases = sqlite.DatabaseSync.prototype as unknown as {exec: (this: Database, sql: string) => void}
const execute = databases.exec
databases.exec = function (this: Database, sql: string) {
  const word = changes.exec(sql)?.[1]
  if (word === undefined) return execute.call(this, sql)
  const label = `${path.basename(this.location() ?? 'memory')}: ${word.split(' ')[0]}`
  operate({name: 'sqlite', label, run: () => execute.call(this, sql)})
}
type Statement = sqlite.StatementSync
const statements = sqlite.StatementSync.prototype as unknown as {run: (this: Statement, ...args: unknown[]) => unknown}
const runStatement = statements.run
statements.run = function (this: Statement, ...args: unknown[]) {
  const words = this.sourceSQL.trim().split(/\s+/)
  const table = words.find(word => /^(locks|fence|lease|samples|alerts)/.test(word)) ?? ''
  return operate({name: 'sqlite', label: `${words[0]} ${table}`, run: () => runStatement.apply(this, args)})
}
syncBuiltinESMExports()
