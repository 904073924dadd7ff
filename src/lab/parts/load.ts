import {join} from 'node:path'
import {logFile, pidFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {listening} from '../wait.ts'
import {nodeArguments} from './node.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

export function loadPart(plan: LabPlan): Part {
  return {
    name: 'load',
    port: plan.ports.load,
    log: logFile(plan, 'load'),
    pidFile: pidFile(plan, 'load'),
    stop: {graceMs: 3000},
    startMs: 20_000,
    spec: async () => ({
      argv: [plan.programs.node, ...nodeArguments(plan.entries.load)],
      cwd: join(plan.home, 'app'),
      env: {
        ...baseEnvironment(plan),
        LOAD_TARGET: `http://127.0.0.1:${plan.ports.web}`,
        LOAD_CONTROL_PORT: String(plan.ports.load),
        LOAD_RPS: String(plan.rps),
      },
      account: plan.accounts.app,
      log: logFile(plan, 'load'),
      pidFile: pidFile(plan, 'load'),
    }),
    ready: () => listening(plan.ports.load),
  }
}
