import type {Verification} from '../../audit/chain.ts'
import {type Check, failed, ok, skipped} from '../../kinds/verdict.ts'

/** Whether what was done can still be believed: the whole trail is read. */
export function checkTrail({verdict, records, breaks, moreBreaks, unaccepted}: Verification): Check {
  const [first, ...others] = breaks
  if (verdict === 'VERIFIED' || first === undefined) return ok('audit trail', `${records} records verify`)
  if (verdict === 'CANNOT VERIFY' && unaccepted === 0) return skipped('audit trail', 'nothing was recorded yet')
  const count = others.length + moreBreaks
  const where = first.seq === 0 ? '' : `record ${first.seq}: ${first.kind}, `
  return failed(
    'audit trail',
    `${verdict}: ${where}${first.detail}${count > 0 ? ` (and ${count} more)` : ''}`,
    'Keep a copy of the state directory as it is; `opsconsole audit verify` names every break.',
  )
}
