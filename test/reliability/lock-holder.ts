/** A process that holds a lock and begins a step whenever a file says so, as the runner does: only when it still holds it. */
import {appendFileSync, existsSync} from 'node:fs'
import path from 'node:path'
import {sleep} from '../../src/units/clock.ts'
import {type Kind, openContended} from './lock-kinds.ts'

const [kind, place, dir, run, resource, expiry] = process.argv.slice(2) as [
  Kind,
  string,
  string,
  string,
  string,
  string,
]
const locks = openContended(kind, place, run, Number(expiry))
const tell = (text: string): void => appendFileSync(path.join(dir, `${run}.told`), `${text}\n`)

/** A deadline that passed while it was stopped, or starved, says nothing: it asks again, as the runner does. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === 20) throw error
    }
  }
}

const answer = await patiently(() => locks.acquire(resource))
if ('refused' in answer) throw new Error(answer.why)
const renewal = setInterval(() => locks.renew(), Number(expiry) / 3)
tell(`held ${answer.held.fence}`)
for (let step = 1; ; step += 1) {
  while (!existsSync(path.join(dir, `${run}.go-${step}`))) await sleep(10)
  const lost = await patiently(() => locks.confirm(`step ${step}`))
  tell(lost === undefined ? `step ${step}` : `lost to ${lost.now?.run ?? 'nobody'}`)
  if (lost !== undefined) break
}
clearInterval(renewal)
locks.close()
