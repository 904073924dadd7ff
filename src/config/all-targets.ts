import {entriesOf, kinds} from './kinds.ts'
import type {Config} from './schema.ts'
import type {KindTools} from '../kinds/define-kind.ts'
import {cleanTarget, type Cleaning} from '../monitors/clean-target.ts'
import {lazyTarget} from '../monitors/lazy-target.ts'
import type {Target} from '../monitors/sample.ts'
import {once} from '../units/once.ts'

/** Everything that a configuration says is watched, behind the door for foreign text. What probes it is loaded when it does. */
export function allTargets(config: Config, tools: KindTools, cleaning: Cleaning): readonly Target[] {
  return kinds.flatMap(kind => {
    const made = once(() => kind.targets(config, tools))
    return entriesOf(config, kind).map(entry => cleanTarget(lazyTarget(kind, entry, made), cleaning))
  })
}
