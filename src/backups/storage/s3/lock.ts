import type {DoctorTools} from '../../../kinds/define-driver.ts'
import {type Check, ok, skipped, warning} from '../../../kinds/verdict.ts'
import {escapeLine} from '../../../text/escape.ts'
import {s3Address} from './address.ts'
import {s3Client} from './client.ts'
import {codeOf} from './failure.ts'
import type {S3StorageSpec} from './schema.ts'
import {childrenOf, readXml, textOf} from './xml.ts'

const FIX = 'Make the bucket with object lock and a default retention, or take immutable off the copy.'

/** Whether a bucket that the configuration calls immutable keeps what is stored: S3 Object Lock with a default retention. */
export async function checkLock(
  spec: S3StorageSpec,
  {name, signal, secret, clock}: DoctorTools,
): Promise<readonly Check[]> {
  const address = s3Address(spec)
  const client = s3Client(spec, {secret}, address, {now: () => clock.now()})
  const answer = await client
    .call({method: 'GET', query: {'object-lock': ''}, accept: [400, 403, 404, 405, 501], attempts: 1, signal})
    .catch(() => undefined)
  // A bucket that does not answer at all is told by the check before this one.
  if (answer === undefined) return []
  const code = codeOf(answer)
  const document = readXml(answer.body.toString())
  if (code === 'ObjectLockConfigurationNotFoundError')
    return [warning(name, `${address}: declared immutable, but the bucket has no object lock`, FIX)]
  if (answer.status !== 200 || document?.name !== 'ObjectLockConfiguration') {
    const said = escapeLine(code === '' ? `status ${answer.status}` : code, 60)
    return [skipped(name, `${address}: declared immutable; the service does not say whether it is (${said})`)]
  }
  const retention = childrenOf(document, 'Rule').flatMap(rule => childrenOf(rule, 'DefaultRetention'))[0]
  if (textOf(document, 'ObjectLockEnabled') !== 'Enabled' || retention === undefined)
    return [
      warning(
        name,
        `${address}: declared immutable, but its object lock keeps nothing: no default retention is set`,
        FIX,
      ),
    ]
  const [days, years] = [textOf(retention, 'Days'), textOf(retention, 'Years')]
  const time = days === undefined ? `${years ?? '–'} years` : `${days} days`
  return [ok(name, `${address}: object lock, ${escapeLine(`${textOf(retention, 'Mode') ?? '–'}, ${time}`, 60)}`)]
}
