import {CATALOGUE, EXIT} from '../../src/errors.ts'
import {table} from './markdown.ts'

const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'Done.',
  failed: 'Failed, and left as it is.',
  usage: 'Usage or configuration: nothing was started.',
  undone: 'Failed, and undone: the state before the run is back.',
  undoFailed: 'Failed, and could not be undone: undoing failed, or the lock was lost. A person is needed.',
  aborted: 'Aborted by a person or a signal.',
  locked: 'Somebody else holds the lock, or nobody can tell; nothing was changed.',
  refused: 'Refused: policy, missing confirmation or missing approval.',
  suspended: 'Suspended: waits for an approval.',
  unknown: 'The outcome of a step is not known; it must be settled.',
  untrusted: 'The audit trail is missing, was replaced or is not ours: nothing runs until somebody has looked.',
  unproven: 'Done, but nothing proves that it is good: the watch of a deploy saw too little.',
  internal: 'A defect in opsconsole.',
}

const KIND: Readonly<Record<string, string>> = {
  expected: 'you can fix it',
  external: 'a tool or server failed',
  cancelled: 'somebody stopped it',
  bug: 'defect',
}

/** `docs/errors.md`: exit codes and every error code. */
export function errorsPage(): string {
  const codes = Object.entries(EXIT).map(([name, code]) => [String(code), EXIT_MEANING[name as keyof typeof EXIT]])
  const rows = Object.entries(CATALOGUE).map(([code, entry]) => [
    `\`${code}\``,
    KIND[entry.kind] ?? entry.kind,
    String(entry.exit),
    entry.meaning,
  ])
  return `# Errors

Every error that opsconsole raises on purpose has a code. The message says what happened and, where known, what to do
next. With \`--json\` an error is one object: \`{"error": {"code", "message", "hint"}}\`.

## Exit codes

${table(['exit', 'meaning'], codes)}

## Codes

${table(['code', 'kind', 'exit', 'meaning'], rows)}
`
}
