import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {labDown} from '../../src/lab/down.ts'
import {configFile} from '../../src/lab/plan.ts'
import type {LabPlan} from '../../src/lab/plan.ts'
import {labUp} from '../../src/lab/up.ts'
import {scratchDirectory} from './scratch.ts'

export interface RunningLab {
  readonly dir: string
  readonly configFile: string
  readonly plan: LabPlan
  readonly urls: {
    /** Through the load balancer. */
    readonly web: string
    readonly stats: string
    readonly instances: Readonly<Record<string, string>>
  }
  stop(): Promise<void>
}

export interface LabOptions {
  /** Its steady load; 20 when left out, 0 for none. */
  readonly rps?: number
  /** With a Prometheus and an Alertmanager. */
  readonly prometheus?: boolean
}

/** A whole lab in a directory of its own. */
export async function startLab(options: LabOptions = {}): Promise<RunningLab> {
  const scratch = await scratchDirectory('lab')
  const dir = join(scratch.dir, 'lab')
  const lines: string[] = []
  const tools = {
    signal: new AbortController().signal,
    progress: (line: string) => void lines.push(line),
    now: () => Date.now(),
  }
  const plan = await labUp({dir, ...options}, tools)
  return {
    dir,
    configFile: configFile(dir),
    plan,
    urls: {
      web: `http://127.0.0.1:${plan.ports.web}`,
      stats: `http://127.0.0.1:${plan.ports.stats}`,
      instances: Object.fromEntries(plan.instances.map(({name, port}) => [name, `http://127.0.0.1:${port}`])),
    },
    stop: async () => {
      const {orphans} = await labDown({dir}, () => {})
      await rm(scratch.dir, {recursive: true, force: true})
      if (orphans.length > 0) throw new Error(`still running: ${orphans.join(', ')}`)
    },
  }
}
