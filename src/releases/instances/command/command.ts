import type {Obstacle} from '../../../kinds/questions.ts'
import {whyNotRunnable} from '../../../processes/runnable.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import type {InstanceAction, InstanceDriver, InstanceTools} from '../instance-driver.ts'
import {fillArgv} from './argv.ts'
import type {CommandInstancesSpec} from './schema.ts'

/** Instances behind configured commands: a script, docker compose, a platform's own tool. */
export function openCommandInstances(spec: CommandInstancesSpec, tools: InstanceTools): InstanceDriver {
  const action = (argv: readonly string[]): InstanceAction => ({
    text: argv.map(quotePosix).join(' '),
    carryOut: async signal => (await tools.exec(argv, {signal, cwd: tools.directory, timeoutMs: spec.timeout})).stdout,
  })
  return {
    timeoutMs: spec.timeout,
    start: (place, version) => action(fillArgv(spec.deploy, {...place, version})),
    stop: place => action(fillArgv(spec.stop, {...place})),
    logs: place => (spec.logs === undefined ? undefined : action(fillArgv(spec.logs, {...place}))),
    obstacles: async () => {
      const found = await Promise.all(
        (['deploy', 'stop', 'logs'] as const).map(key => missing(key, spec[key]?.[0], tools.directory)),
      )
      return found.filter(obstacle => obstacle !== undefined)
    },
  }
}

async function missing(key: string, program: string | undefined, directory: string): Promise<Obstacle | undefined> {
  const reason = program === undefined ? undefined : await whyNotRunnable(program, {directory})
  if (reason === undefined) return undefined
  return {
    what: `the ${key} program ${escapeLine(program ?? '', 200)} ${reason}`,
    fix: `Install it, or correct instances.${key} of the release in the configuration.`,
  }
}
