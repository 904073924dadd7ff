import {entryOf, momentOf, type ReadSent, textOf} from '../sent.ts'

const CRITICAL = /^(emergency|alert|critical)$/i
const INFO = /^(notice|informational|info|debug)$/i
/** Fields that say where it happened: the same rule there is the same alert, whatever the process was called. */
const PLACE = ['k8s.ns.name', 'k8s.pod.name', 'container.id', 'container.name'] as const

/** One event of Falco (`http_output`, `json_output: true`). It never says that one is over. */
export const readFalco: ReadSent = json => {
  const event = entryOf(json)
  const rule = textOf(event['rule'])
  const priority = textOf(event['priority'])
  if (rule === undefined || priority === undefined)
    throw new Error('this is not what Falco posts: it has no rule and priority')
  const fields = entryOf(event['output_fields'])
  const host = textOf(event['hostname']) ?? 'unknown host'
  const place = PLACE.flatMap(name => textOf(fields[name]) ?? [])
  return [
    {
      rule,
      subject: textOf(fields['k8s.pod.name'] ?? fields['container.name']) ?? host,
      key: JSON.stringify([rule, host, ...place]),
      severity: CRITICAL.test(priority) ? 'critical' : INFO.test(priority) ? 'info' : 'warning',
      summary: textOf(event['output']) ?? rule,
      labels: {host, priority, source: textOf(event['source']) ?? 'syscall', ...fields},
      since: momentOf(event['time']),
      over: false,
    },
  ]
}
