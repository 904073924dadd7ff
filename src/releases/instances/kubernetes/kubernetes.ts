import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import {programAction} from '../program-action.ts'
import {programLogs} from '../program-logs.ts'
import {kubectlArgv} from './kubectl.ts'
import type {KubernetesInstancesSpec} from './schema.ts'

/** A Deployment an instance. Image and number of pods change by one patch, so no pod starts with the wrong one. */
export function openKubernetesInstances(spec: KubernetesInstancesSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const deployment = (place: InstancePlace): string => fillArgv([spec.deployment], {...place})[0] ?? ''
  const patch = (place: InstancePlace, change: object): readonly string[] => [
    ...kubectlArgv(spec),
    'patch',
    'deployment',
    deployment(place),
    '--type=strategic',
    `--patch=${JSON.stringify({spec: change})}`,
  ]
  const obstacles = () => missingProgram('instances.kubectl', spec.kubectl, tools.directory)
  return {
    timeoutMs: spec.timeout,
    start(place, version) {
      const [image] = fillArgv([spec.image], {...place, version})
      const template = {spec: {containers: [{name: spec.container, image}]}}
      return programAction(patch(place, {replicas: spec.replicas, template}), tools)
    },
    stop: place => programAction(patch(place, {replicas: 0}), tools),
    logs: programLogs(
      place => [
        ...kubectlArgv(spec),
        'logs',
        `deployment/${deployment(place)}`,
        `--container=${spec.container}`,
        '--tail=200',
      ],
      {...tools, obstacles},
    ),
    obstacles,
  }
}
