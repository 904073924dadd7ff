import {quotePosix} from '../text/quote-posix.ts'
import type {Notification} from './channels/channel.ts'

/** What shows the plan of the runbook that answers an alert, to be typed as it is; undefined: it has none, or it is over. */
export function planCommand({
  runbook,
  environment,
  state,
}: Pick<Notification, 'runbook' | 'environment' | 'state'>): string | undefined {
  if (runbook === undefined || state !== 'firing') return undefined
  const params = Object.entries(runbook.params).map(([name, value]) => `-p ${quotePosix(`${name}=${value}`)}`)
  return ['opsconsole plan', quotePosix(runbook.name), ...params, `--env ${quotePosix(environment)}`].join(' ')
}
