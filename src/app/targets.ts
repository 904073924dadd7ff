import {kinds} from '../config/kinds.ts'
import type {Config} from '../config/schema.ts'
import type {Memory} from '../kinds/memory.ts'
import {cleanTarget, type Cleaning} from '../monitors/clean-target.ts'
import type {Target} from '../monitors/sample.ts'
import type {RunsContext} from '../runs/context.ts'

/** Everything that a configuration says is watched, behind the door for foreign text. */
export function allTargets(
  config: Config,
  {clock, secret, exec, memory}: Pick<RunsContext, 'clock' | 'secret' | 'exec'> & {readonly memory: Memory},
  cleaning: Cleaning,
): readonly Target[] {
  const tools = {clock, secret, exec, memory}
  return kinds.flatMap(kind => kind.targets(config, tools)).map(target => cleanTarget(target, cleaning))
}
