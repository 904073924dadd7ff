import {fileURLToPath} from 'node:url'
import {askProgram} from '../processes/ask-program.ts'

/** `FILE:LINE` of what kept a runbook from being loaded, in it or in a file that it imports; the file itself where no line is known. */
export function placeOfFailure(file: string, cause: unknown): string {
  const stack = cause instanceof Error ? (cause.stack ?? '') : ''
  const [first = ''] = stack.split('\n')
  const place = lineIn(first) ?? (cause instanceof SyntaxError ? lineIn(parsed(file)) : lineOf(file, stack))
  return place ?? file
}

/** Node begins the stack of what it cannot parse with the place, for TypeScript. */
function lineIn(text: string): string | undefined {
  const [, place = '', line] = /^(\/[^\n]*|file:[^\n]*?):(\d+)$/.exec(text.trim()) ?? []
  return line === undefined ? undefined : `${plain(place)}:${line}`
}

const plain = (place: string): string =>
  place.startsWith('file:') ? fileURLToPath(place.replace(/[?#].*$/, '')) : place.replace(/[?#].*$/, '')

/** `FILE:LINE` of the runbook's own line that threw, or through which it came; undefined when there is none. */
export function lineOf(file: string, stack: string): string | undefined {
  const line = stack.split('\n').find(each => each.includes(`file://${file}`))
  const number = /:(\d+):\d+\)?$/.exec(line ?? '')?.[1]
  return number === undefined ? undefined : `${file}:${number}`
}

/** Says the place of the first mistake in a file, TypeScript or not, without running it. */
const PARSE = `
const {stripTypeScriptTypes} = require('node:module')
const [, file] = process.argv
try { stripTypeScriptTypes(require('node:fs').readFileSync(file, 'utf8'), {sourceUrl: file}) }
catch (error) { process.stdout.write(error.stack.split('\\n')[0]) }`

/** Node gives no line for JavaScript that it cannot parse. */
const parsed = (file: string): string =>
  askProgram([process.execPath, '--no-warnings', '-e', PARSE, file])?.trim() ?? ''
