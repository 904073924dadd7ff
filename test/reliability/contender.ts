/** A process that wants one lock again and again, for several runs, and writes down when it holds it. */
import {appendFileSync} from 'node:fs'
import {openLockBook} from '../../src/store/locks.ts'
import {sleep, systemClock} from '../../src/units/clock.ts'

const [stateDir, name, runs, rounds] = process.argv.slice(2) as [string, string, string, string]
const book = openLockBook({stateDir, clock: systemClock, hasUnknownStep: () => false})
const note = (text: string): void => appendFileSync(`${stateDir}/target`, `${text}\n`)

async function contend(run: string): Promise<void> {
  for (let round = 0; round < Number(rounds); ) {
    const result = book.acquire({resource: 'dev/target', run, actor: 'ada', reason: 'test'})
    if ('held' in result) {
      note(`enter ${run} ${result.held.fence}`)
      await sleep(Math.random() * 2)
      note(`leave ${run} ${result.held.fence}`)
      book.release(run)
      round += 1
    }
    await sleep(Math.random() * 4)
  }
}

await Promise.all(Array.from({length: Number(runs)}, (_, index) => contend(`${name}-${index}`)))
book.close()
