import {createCacheOps} from '../../caches/ops.ts'
import {beyondText} from '../../caches/reach.ts'
import type {PatternCount} from '../../caches/invalidate.ts'
import {consentFlags, neededConsent} from '../../admission/needed-consent.ts'
import {EXIT, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command} from '../command.ts'
import {confirmFlag} from '../consent-flags.ts'
import {chooseCache} from './choose.ts'

export const command: Command = {
  name: 'cache invalidate',
  summary: 'Remove the keys that an event makes stale; counts them first, removes only with --yes',
  help:
    'Events and their key patterns are in the configuration. Without --yes the keys are only counted and the command ' +
    'ends with exit code 7. The runbook cache-invalidate does the same step by step.',
  arguments: [
    {name: 'event', required: true, completes: 'cache event', description: 'Name of the event, such as RESUME_UPDATED'},
  ],
  flags: {
    param: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME=VALUE',
      description: 'Fills a placeholder such as {id}',
    },
    cache: {
      type: 'string',
      value: 'NAME',
      completes: 'cache',
      description: 'Which cache; optional when there is only one',
    },
    yes: {type: 'boolean', short: 'y', description: 'Remove them'},
    confirm: confirmFlag,
  },
  changes: true,
  danger: 'destructive',
  run: async ({args, flags}, context) => {
    const cache = chooseCache(context, typeof flags['cache'] === 'string' ? flags['cache'] : undefined)
    const ops = createCacheOps(cache, context.opsTools())
    const event = args[0] ?? ''
    const patterns = ops.patterns(event, valuesOf(flags['param']))
    const {total, byPattern} = await ops.count(patterns)
    const reach = ops.reach(event, patterns)
    const asked = {cache: cache.name, event, counted: total, patterns: byPattern, ...reach}
    const counts = [countText(byPattern), beyondText(event, reach)].filter(Boolean).join('\n')
    if (total === 0) return {data: {...asked, removed: 0}, text: `${counts}\nThere is nothing to remove.`}
    if (flags['yes'] !== true)
      return {
        data: {...asked, removed: 0},
        text: `${counts}\n${total} keys of ${cache.name} would be removed. Give ${consentFlags(neededConsent('destructive', context.environment()))} to remove them.`,
        exitCode: EXIT.refused,
      }
    const removed = await context.change(
      {
        action: 'cache invalidated',
        target: `cache ${cache.name}`,
        command: `invalidate ${event}: ${patterns.join(', ')}`,
        detail: {event, patterns, counted: total},
      },
      () => ops.remove(patterns),
    )
    return {data: {...asked, removed}, text: `${counts}\n${removed} keys removed from ${cache.name}.`}
  },
}

const countText = (counts: readonly PatternCount[]): string =>
  counts.map(({pattern, keys}) => `${String(keys).padStart(9)}  ${escapeLine(pattern, 200)}`).join('\n')

function valuesOf(given: string | boolean | readonly string[] | undefined): Readonly<Record<string, string>> {
  const words = Array.isArray(given) ? (given as readonly string[]) : typeof given === 'string' ? [given] : []
  return Object.fromEntries(
    words.map(word => {
      const at = word.indexOf('=')
      if (at < 1) throw new OpsError('usage/arguments', `-p should look like id=42, got ${JSON.stringify(word)}`)
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}
