import type {InConsole, Size} from './stage.ts'

export interface ReleaseStage {
  readonly sizes: readonly Size[]
  readonly inConsole: InConsole
  /** Standard output of a command of the program. */
  readonly ops: (...args: readonly string[]) => string
  /** What runs of the lab are started with. */
  readonly consent: readonly string[]
}

/** A canary with its keys, the way back from anywhere, the servers of the load balancer, and a control that is on. */
export async function takeReleases({sizes, inConsole, ops, consent}: ReleaseStage): Promise<void> {
  for (const [at, size] of sizes.entries()) {
    const version = `2.${at}.0`
    const started = ops(
      'run',
      'canary',
      '-p',
      `version=${version}`,
      '-p',
      'stageTime=10m',
      '--detach',
      '--json',
      ...consent,
    )
    const {run} = JSON.parse(started) as {readonly run: string}
    await inConsole(size, async (seen, shoot) => {
      seen.press('R')
      await seen.see('evidence')
      // Enough evidence for a line.
      await new Promise(resolve => setTimeout(resolve, 20_000))
      await shoot('canary')
      seen.press('h')
      await seen.see('Hold at')
      await shoot('canary-hold')
      seen.press('esc')
    })
    ops('runs', 'abort', run, '--reason', 'the pictures are taken')
    await hasEnded(() => ops('runs', 'show', run, '--json'))
    await inConsole(size, async (seen, shoot) => {
      await seen.gone(/◌ (\d+ )?no data/)
      seen.press('g')
      seen.press('l')
      await seen.see('5XX/S')
      await shoot('load-balancer')
      seen.press('!')
      await seen.see('would change')
      await shoot('rollback')
    })
    const control = ['-p', 'control=maintenance', '-p', 'for=15m', '-p', 'withoutAgent=true']
    ops('run', 'traffic-control', ...control, '--reason', 'the checkout charges twice', ...consent)
    await inConsole(size, async (seen, shoot) => {
      await seen.see('MAINTENANCE')
      seen.press('5')
      await seen.still()
      seen.press('enter')
      await seen.see(/1[45]m left/)
      await shoot('emergency-control')
    })
    ops('run', 'end-traffic-control', '-p', 'control=maintenance', ...consent)
  }
}

async function hasEnded(show: () => string): Promise<void> {
  while ((JSON.parse(show()) as {readonly outcome?: string}).outcome === undefined)
    await new Promise(resolve => setTimeout(resolve, 1000))
}
