/**
 * What the first page of a long text costs beside that of a short one: time until it is painted, and memory. Each page in a
 * process of its own, long and short alternately.
 * usage: node scripts/bench/pager.ts [--rounds N] [--megabytes N]
 */
import {spawnSync} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {readPage} from '../../src/store/runs/output-pages.ts'
import {createPainter} from '../../src/tui/paint/painter.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {openPager, withPage} from '../../src/tui/state/pager.ts'
import {opened, worldOf} from '../../test/tui/keys.ts'

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '15'},
    megabytes: {type: 'string', default: '200'},
    page: {type: 'string'},
  },
})

interface Cost {
  readonly ms: number
  readonly megabytes: number
}

if (values.page === undefined) compare()
else process.stdout.write(JSON.stringify(firstPage(values.page)))

/** From the key to the bytes for the terminal. */
function firstPage(file: string): Cost {
  const painter = createPainter({colour: true, ascii: false})
  const state = opened()
  painter.paint(frame(state), state.columns)
  const [began, before] = [performance.now(), process.memoryUsage().rss]
  const page = readPage(file, {at: 'end', before: 200, after: 200})
  const pager = openPager({...state, world: {...worldOf(), page}}, {kind: 'output', run: 'bench'})
  const bytes = painter.paint(frame(withPage(pager).state), state.columns)
  if (!bytes.includes('GET /products')) throw new Error('there is no page')
  return {ms: performance.now() - began, megabytes: (process.memoryUsage().rss - before) / 1e6}
}

function compare(): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
  try {
    const [short, long] = [path.join(directory, 'short'), path.join(directory, 'long')]
    write(short, 2048)
    write(long, Number(values.megabytes) * 1e6)
    const costs = Array.from({length: Number(values.rounds)}, () => [measured(short), measured(long)] as const)
    const median = (of: (pair: readonly [Cost, Cost]) => number): number =>
      costs.map(of).sort((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN
    const [shortMs, longMs] = [median(([one]) => one.ms), median(([, other]) => other.ms)]
    const more = median(([one, other]) => other.megabytes - one.megabytes)
    console.log(`first page of 2 kB ${shortMs.toFixed(1)} ms, of ${values.megabytes} MB ${longMs.toFixed(1)} ms`)
    console.log(`ratio ${(longMs / shortMs).toFixed(2)}, ${more.toFixed(1)} MB more memory`)
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

function measured(file: string): Cost {
  const {stdout, stderr, status} = spawnSync(process.execPath, [import.meta.filename, '--page', file], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Cost
}

/** Output of a run of about this size. */
function write(file: string, bytes: number): void {
  const line = `${JSON.stringify({step: 's1', stream: 'out', text: 'GET /products answered 200 in 14 ms, 3 rows'})}\n`
  const piece = line.repeat(Math.max(1, Math.floor(Math.min(bytes, 1 << 20) / line.length)))
  const descriptor = openSync(file, 'w')
  for (let written = 0; written < bytes; written += piece.length) writeSync(descriptor, piece)
  closeSync(descriptor)
}
