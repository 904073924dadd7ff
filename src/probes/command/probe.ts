import {attemptProbe} from '../../connections/attempt.ts'
import type {Health} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {CommandProbeSpec} from './schema.ts'

/** Exit codes as monitoring plug-ins use them: 0 up, 1 degraded, anything else down. */
const healthOf = (exitCode: number): Health => (exitCode === 0 ? 'up' : exitCode === 1 ? 'degraded' : 'down')

export const openCommandProbe = (spec: CommandProbeSpec, {clock, exec}: ProbeTools): Probe => ({
  run: signal =>
    attemptProbe(clock, signal, async () => {
      const {exitCode, stdout, stderr} = await exec(spec.command, {signal, anyExit: true})
      const said = firstLine(stdout) || firstLine(stderr)
      const status = healthOf(exitCode)
      return {status, reason: said === '' || status === 'down' ? `exit ${exitCode}${said && `: ${said}`}` : said}
    }),
})

const firstLine = (text: string): string => escapeLine(text.trimStart().split('\n', 1)[0]?.trimEnd() ?? '', 200)
