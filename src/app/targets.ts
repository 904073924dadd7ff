import {kinds} from '../config/kinds.ts'
import type {Memory} from '../kinds/memory.ts'
import {cleanTarget, type Cleaning} from '../monitors/clean-target.ts'
import type {Target} from '../monitors/sample.ts'
import type {RunsContext} from '../runs/context.ts'

/** Everything the configuration says is watched, behind the door for foreign text. */
export function allTargets(
  base: Pick<RunsContext, 'config' | 'clock' | 'secret' | 'exec'> & {readonly memory: Memory},
  cleaning: Cleaning,
): readonly Target[] {
  const config = base.config()
  const tools = {clock: base.clock, secret: base.secret, exec: base.exec, memory: base.memory}
  return kinds.flatMap(kind => kind.targets(config, tools)).map(target => cleanTarget(target, cleaning))
}
