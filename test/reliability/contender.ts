/** A process that wants one lock again and again, for several runs, and writes down when it holds it. */
import {appendFileSync} from 'node:fs'
import {sleep} from '../../src/units/clock.ts'
import {type Kind, openContended} from './lock-kinds.ts'

const [kind, place, notes, name, runs, rounds] = process.argv.slice(2) as [Kind, string, string, string, string, string]
const note = (text: string): void => appendFileSync(notes, `${text}\n`)

async function contend(run: string): Promise<void> {
  const locks = openContended(kind, place, run)
  for (let round = 0; round < Number(rounds); ) {
    // On a machine that is busy enough a server does not answer in time; whoever asks again is told how it stands.
    const result = await locks.acquire('dev/target').catch(() => undefined)
    if (result && 'held' in result) {
      note(`enter ${run} ${result.held.fence}`)
      await sleep(Math.random() * 2)
      note(`leave ${run} ${result.held.fence}`)
      while ((await locks.release().catch((error: unknown) => error)) !== undefined) await sleep(10)
      round += 1
    }
    await sleep(Math.random() * (kind === 'local' ? 4 : 12))
  }
  locks.close()
}

await Promise.all(Array.from({length: Number(runs)}, (_, index) => contend(`${name}-${index}`)))
