import {bodyFault, statusFault} from '../connections/answer-fault.ts'
import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {Matcher} from '../text/matcher.ts'
import type {ReleaseConfig} from './config.ts'
import {placeOf, type ReleaseContext, slotConfig} from './context.ts'
import {type Answer, urlOf} from './request.ts'

type SmokeTest = ReleaseConfig['smoke'][number]

/** See `ReleaseOps.smoke`. All are sent, so that one failure does not hide another. Raises `release/not-ready`. */
export const smoke = (context: ReleaseContext, slotName: string): Promise<void> =>
  smokeAll(context, slotConfig(context.config, slotName).instances, slotName)

/** See `ReleaseOps.smokeInstance`. */
export const smokeInstance = (context: ReleaseContext, name: string): Promise<void> =>
  smokeAll(context, [placeOf(context.config, name).instance], name)

async function smokeAll(
  context: ReleaseContext,
  instances: ReturnType<typeof slotConfig>['instances'],
  where: string,
): Promise<void> {
  const {config, tools, request} = context
  if (config.smoke.length === 0) return tools.log('the configuration has no smoke tests: nothing is proved here')
  if (tools.dryRun) return tools.log(`would send ${config.smoke.length * instances.length} requests to ${where}`)
  const failures: string[] = []
  let sent = 0
  for (const instance of instances) {
    for (const test of config.smoke) {
      const verdict = await request(urlOf(instance.url, test.path), {
        timeoutMs: test.timeout,
        signal: tools.signal,
      }).then(
        answer => judge(test, answer, tools.matcher),
        (cause: unknown) => `no answer: ${escapeLine(messageOf(cause), 200)}`,
      )
      tools.signal.throwIfAborted()
      tools.log(`${instance.name}  ${test.name}  ${verdict ?? 'good'}`)
      if (verdict !== undefined) failures.push(`${test.name} on ${instance.name}: ${verdict}`)
      sent += 1
      tools.progress(sent, config.smoke.length * instances.length, 'requests')
    }
  }
  if (failures.length > 0)
    throw new OpsError('release/not-ready', `${failures.length} of ${sent} smoke tests failed: ${failures.join('; ')}`)
}

/** Why the answer is not good; undefined when it is. */
export async function judge(
  test: SmokeTest,
  answer: Pick<Answer, 'status' | 'body'>,
  matcher: Pick<Matcher, 'match'>,
): Promise<string | undefined> {
  const status = statusFault(answer.status, test.status)
  if (status !== undefined) return `${status}, expected ${test.status}`
  const fault = await bodyFault(answer.body, test.body, matcher)
  return fault && `${fault.reason}: ${escapeLine(answer.body, 80)}`
}
