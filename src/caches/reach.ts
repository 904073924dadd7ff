import type {CacheConfig} from './config.ts'
import {globsOverlap, isWithin} from './glob-overlap.ts'

/** Which declared namespaces an event's patterns can take keys from. */
export interface Reach {
  readonly namespaces: readonly string[]
  /** Those of them that no pattern of the event lies in: a wildcard reaches further than the event's name says. */
  readonly beyond: readonly string[]
}

/** `templates` are the patterns as they are declared, `filled` those with their placeholders filled. */
export function reachOf(
  {namespaces}: Pick<CacheConfig, 'namespaces'>,
  templates: readonly string[],
  filled: readonly string[],
): Reach {
  const declared = namespaces.map(({pattern}) => pattern)
  const touched = declared.filter(namespace => filled.some(pattern => globsOverlap(pattern, namespace)))
  // The first namespace that matches is that of a key, so a template lies in one at most.
  const own = templates.map(template => declared.find(namespace => isWithin(template, namespace)))
  return {namespaces: touched, beyond: touched.filter(namespace => !own.includes(namespace))}
}

/** For plans and confirmations; undefined: it stays where it belongs. */
export const beyondText = (event: string, {beyond}: Reach): string | undefined =>
  beyond.length === 0 ? undefined : `${event} reaches beyond its own namespaces: ${beyond.join(', ')}`
