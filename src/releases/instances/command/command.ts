import type {ReleaseConfig} from '../../config.ts'
import type {InstancesDriver} from '../instances.ts'
import {commandOf, fillArgv} from './argv.ts'

/** Instances behind configured commands: a script, docker compose, a platform's own tool. */
export function openCommandInstances(config: ReleaseConfig['instances']): InstancesDriver {
  return {
    start: (place, version) => commandOf(fillArgv(config.deploy, {...place, version})),
    stop: place => commandOf(fillArgv(config.stop, {...place})),
    logs: place => (config.logs === undefined ? undefined : commandOf(fillArgv(config.logs, {...place}))),
  }
}
