import path from 'node:path'
import {messageOf, OpsError} from '../errors.ts'
import type {Issue} from '../kinds/issue.ts'
import {escapeLine} from '../text/escape.ts'
import {crossCheck} from './cross-check.ts'
import {withBackupSchedules} from './backup-schedules.ts'
import {type ConfigDocument, parseDocument} from './document.ts'
import {type ConfigSource, findConfigFile} from './find.ts'
import {explainIssues, writeIssues} from './issues.ts'
import {placeEntries} from './place.ts'
import {resolvePaths} from './relative.ts'
import {withScheduledObjectives} from './scheduled-objectives.ts'
import {type Config, configSchema} from './schema.ts'
import {readBounded} from '../files/bounded-file.ts'

/** Compiled checks pay off for what is checked again and again; a command reads its configuration once. */
const ONCE = {jitless: true}

/**
 * Finds, reads and checks the configuration. Raises what `admit` raises, `config/missing`, `config/unreadable` (not readable, not YAML) and
 * `config/invalid` with every issue, one a line, each with its path, the accepted shape and its place in the file.
 */
export function loadConfig(source: ConfigSource): Config {
  const file = findConfigFile(source)
  source.admit?.(file)
  const text = {file, home: source.env['HOME'], bytes: readSource(file)}
  const known = source.checked?.find(text)
  if (known) return known
  const config = readConfig(text.bytes, file, text.home)
  source.checked?.learn(text, config)
  return config
}

/** The same for text at hand; `file` is only named and used to resolve relative paths. */
export function readConfig(text: Uint8Array | string, file: string, home?: string): Config {
  const shown = escapeLine(file)
  const document = parseDocument(typeof text === 'string' ? new TextEncoder().encode(text) : text, shown)
  const parsed = configSchema.safeParse(document.value, ONCE)
  if (!parsed.success) throw invalid(explainIssues(parsed.error.issues, document.value), document, shown)
  const {config, issues} = placeEntries(parsed.data)
  // References are looked up within an environment, so they say nothing while environments are wrong.
  const found = issues.length > 0 ? issues : crossCheck(config)
  if (found.length > 0) throw invalid(found, document, shown)
  const judged = withScheduledObjectives(withBackupSchedules(config), document.value)
  return {...resolvePaths(judged, path.dirname(file), home), file}
}

/** Issues that only a part of the program sees, such as the console in its keys, as the error of the whole file. */
export const refusedConfig = (file: string, issues: readonly Issue[]): OpsError => {
  const shown = escapeLine(file)
  return invalid(issues, parseDocument(readSource(file), shown), shown)
}

function invalid(issues: readonly Issue[], document: ConfigDocument, file: string): OpsError {
  const count = issues.length === 1 ? 'one thing is' : `${issues.length} things are`
  return new OpsError('config/invalid', `${file}: ${count} not accepted\n${writeIssues(issues, document)}`, {
    hint: 'docs/configuration.md lists every key; `opsconsole doctor` checks the file again.',
  })
}

function readSource(file: string): Uint8Array {
  try {
    return readBounded(file)
  } catch (cause) {
    throw new OpsError('config/unreadable', `cannot read ${escapeLine(file)}: ${messageOf(cause)}`, {cause})
  }
}
