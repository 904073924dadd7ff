import path from 'node:path'
import type {Plan} from './plan.ts'

/** What code the hash of a plan is over, and what it cannot be over. Undefined: a version that did not look made it. */
export function coveredCode({files, packages = []}: Pick<Plan, 'files' | 'packages'>): string | undefined {
  if (files === undefined) return undefined
  const [main, ...others] = files.map(({file}) => path.basename(file))
  const imported = others.length === 0 ? '' : ` with ${others.join(', ')}`
  const outside = [...(packages.length === 0 ? [] : [`packages (${packages.join(', ')})`]), 'programs that it calls']
  return `${main}${imported}; not checked: ${outside.join(', ')}`
}
