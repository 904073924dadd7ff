import {OpsError} from '../../errors.ts'
import {lastLines} from '../daemon.ts'
import {logFile, readPlan} from '../plan.ts'
import type {InstancePlan, LabPlan} from '../plan.ts'
import {deployInstance, instanceStatus, stopInstance} from './deploy.ts'

const USAGE = 'usage: instance deploy INSTANCE VERSION | stop INSTANCE | logs INSTANCE | status'

/** `<lab>/bin/instance`: to the lab what a service manager is to a real host. Exit codes: 0, 1 failed, 2 usage. */
async function main([dir = '', verb = '', name = '', version = '']: readonly string[]): Promise<number> {
  const plan = await readPlan(dir)
  if (plan === undefined) throw new OpsError('lab/stopped', `no lab in ${dir}`)
  if (verb === 'status') {
    for (const row of await instanceStatus(plan))
      print(
        `${row.name} ${row.running ? 'running' : 'stopped'} ${row.version ?? '-'} port ${row.port} pid ${row.pid ?? '-'}`,
      )
    return 0
  }
  if (!['deploy', 'stop', 'logs'].includes(verb) || (verb === 'deploy' && version === '')) {
    print(USAGE)
    return 2
  }
  const instance = instanceNamed(plan, name)
  if (verb === 'deploy') {
    await deployInstance(plan, instance, version)
    print(`${name}: ${version} is running on port ${instance.port}`)
  } else if (verb === 'stop') {
    await stopInstance(plan, instance)
    print(`${name}: stopped`)
  } else {
    for (const line of await lastLines(logFile(plan, name), 50)) print(line)
  }
  return 0
}

function instanceNamed(plan: LabPlan, name: string): InstancePlan {
  const found = plan.instances.find(instance => instance.name === name)
  if (found === undefined)
    throw new OpsError(
      'usage/arguments',
      `no instance ${JSON.stringify(name)}; there are ${plan.instances.map(i => i.name).join(', ')}`,
    )
  return found
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof OpsError ? error.exit : 1
  },
)
