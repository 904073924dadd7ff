import {escapeLine} from '../../../text/escape.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import type {CommandChannelSpec} from './schema.ts'

/** Exit code 0 is delivered. What else it says is in its first line, for arguments may hold what nobody should read. */
export function openCommandChannel(config: CommandChannelSpec, {exec}: ChannelTools): Channel {
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const {exitCode, stderr, stdout} = await exec(config.command, {
        input: `${JSON.stringify(notification)}\n`,
        signal,
        timeoutMs: config.timeout,
        anyExit: true,
      })
      if (exitCode === 0) return
      const said = (stderr.trim() || stdout.trim()).split('\n', 1)[0] ?? ''
      throw new Error(`the command ended with exit code ${exitCode}${said === '' ? '' : `: ${escapeLine(said, 120)}`}`)
    },
  }
}
