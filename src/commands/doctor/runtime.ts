import {DatabaseSync} from 'node:sqlite'
import {certificatesUnchecked} from '../../processes/environment.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'

/** What the process says of itself and its terminal; tests pass their own. */
export interface ProcessFacts {
  readonly node: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: {
    readonly input: boolean
    readonly output: boolean
    readonly columns: number
    readonly rows: number
  }
}

export function readProcess(): ProcessFacts {
  const {stdin, stdout} = process
  return {
    node: process.versions.node,
    env: process.env,
    // Absent, whatever their types say, when standard output is no terminal.
    terminal: {input: stdin.isTTY, output: stdout.isTTY, columns: stdout.columns ?? 0, rows: stdout.rows ?? 0},
  }
}

export function sqliteVersion(): string {
  const database = new DatabaseSync(':memory:')
  try {
    const row = database.prepare('select sqlite_version() as version').get() as {version: string}
    return row.version
  } finally {
    database.close()
  }
}

/** -1, 0 or 1, by numbers between dots. */
export function compareVersions(one: string, other: string): number {
  const left = one.split('.').map(Number)
  const right = other.split('.').map(Number)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}

const NODE_WANTED = '24.15.0'

export function checkRuntime(node: string, sqlite: string, env: ProcessFacts['env']): Check[] {
  const nodeGood = compareVersions(node, NODE_WANTED) >= 0
  return [
    ...(certificatesUnchecked(env)
      ? [failed('certificates', 'NODE_TLS_REJECT_UNAUTHORIZED=0: no certificate of a server is checked', 'Unset it.')]
      : []),
    nodeGood ? ok('node', `Node ${node}`) : failed('node', `Node ${node}`, `Use Node ${NODE_WANTED} or newer.`),
    sqliteGood(sqlite)
      ? ok('sqlite', `SQLite ${sqlite}`)
      : failed(
          'sqlite',
          `SQLite ${sqlite} can lose committed data when two programs share a database`,
          'Use a Node that brings SQLite 3.51.3 or newer.',
        ),
  ]
}

/** The WAL reset bug is fixed in 3.51.3 and in the two branches that it was carried back to. */
function sqliteGood(version: string): boolean {
  if (compareVersions(version, '3.51.3') >= 0) return true
  const branch = version.split('.').slice(0, 2).join('.')
  const fixed = {'3.44': '3.44.6', '3.50': '3.50.7'}[branch]
  return fixed !== undefined && compareVersions(version, fixed) >= 0
}

/** The console wants 60×15 and draws with more than ASCII; the command line works without any of it. */
export function checkTerminal({env, terminal}: ProcessFacts): Check[] {
  if (!terminal.input || !terminal.output) {
    return [{name: 'terminal', status: 'skipped', detail: 'no terminal here; the command line and --json need none'}]
  }
  const checks: Check[] = []
  const {columns, rows} = terminal
  const size = `${columns}×${rows}`
  checks.push(
    columns >= 60 && rows >= 15
      ? ok(
          'terminal',
          `${env['TERM'] ?? 'unknown'}, ${size}${env['TMUX'] ? ', tmux' : ''}${env['SSH_CONNECTION'] ? ', over SSH' : ''}`,
        )
      : warning('terminal', `${size} is small`, 'The console needs 60 columns and 15 rows.'),
  )
  if (!env['TERM'] || env['TERM'] === 'dumb') {
    checks.push(
      warning(
        'terminal type',
        `TERM is ${env['TERM'] ?? 'not set'}`,
        'Set TERM, for instance to xterm-256color; the command line works as it is.',
      ),
    )
  }
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  if (!/utf-?8/i.test(locale)) {
    checks.push(
      warning(
        'locale',
        `${locale || 'no locale'} is not UTF-8`,
        'Set LANG=C.UTF-8, or start the console with --ascii.',
      ),
    )
  }
  if (env['CI'])
    checks.push(
      warning('CI', 'CI is set, so nothing asks questions here', 'Unset CI to use the console in this terminal.'),
    )
  return checks
}
