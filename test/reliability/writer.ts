/** A process that writes numbered records to an audit log and says on standard output which were acknowledged. */
import {writeSync} from 'node:fs'
import {openAuditLog} from '../../src/store/audit-log.ts'

const [stateDir, writer, first, count] = process.argv.slice(2) as [string, string, string, string]
const log = openAuditLog({
  stateDir,
  actor: {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'},
  clock: {now: () => Date.now(), monotonic: () => performance.now()},
  redact: text => text,
})
for (let n = Number(first); n < Number(first) + Number(count); n += 1) {
  log.append({action: 'write', target: writer, environment: 'e', phase: 'intent', detail: {n}})
  // Waits until it is taken: what is acknowledged must not lag behind.
  writeSync(1, `${n}\n`)
}
log.close()
