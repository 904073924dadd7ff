import {entriesOf, kinds} from '../config/kinds.ts'
import type {Config} from '../config/schema.ts'
import type {Memory} from '../kinds/memory.ts'
import {cleanTarget, type Cleaning} from '../monitors/clean-target.ts'
import {lazyTarget} from '../monitors/lazy-target.ts'
import type {Target} from '../monitors/sample.ts'
import type {RunsContext} from '../runs/context.ts'
import {once} from '../units/once.ts'

/** Everything that a configuration says is watched, behind the door for foreign text. What probes it is loaded when it does. */
export function allTargets(
  config: Config,
  {clock, secret, exec, memory}: Pick<RunsContext, 'clock' | 'secret' | 'exec'> & {readonly memory: Memory},
  cleaning: Cleaning,
): readonly Target[] {
  const tools = {clock, secret, exec, memory}
  return kinds.flatMap(kind => {
    const made = once(() => kind.targets(config, tools))
    return entriesOf(config, kind).map(entry => cleanTarget(lazyTarget(kind.target, entry, made), cleaning))
  })
}
