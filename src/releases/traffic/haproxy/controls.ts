import path from 'node:path'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {TrafficControl, TrafficControls} from '../traffic-control.ts'

type Ask = (command: string, signal: AbortSignal) => Promise<string>

/** An entry of a map that haproxy.cfg asks at each request. */
interface Entry {
  readonly file: string
  readonly key: string
  readonly value: string
}

/**
 * Entries of maps, by the runtime API: in effect at the next request, gone with a reload. `set maxconn frontend` would need no
 * map, but HAProxy 2.6.12 aborts when the limit is raised again while a connection waits for it.
 */
export function haproxyControls(
  directory: string | undefined,
  {read, change}: {readonly read: Ask; readonly change: Ask},
): TrafficControls {
  const entry = (control: TrafficControl): Entry => entryOf(directory ?? '', control)
  const keysIn = async (file: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> =>
    parseMap(await read(`show map ${file}`, signal))
  return {
    async lacks(control, signal) {
      if (directory === undefined) return 'traffic.controls of the release does not say where HAProxy has its maps'
      const {file} = entry(control)
      return mapFiles(await read('show map', signal)).includes(file)
        ? undefined
        : `HAProxy has no map ${file}: its lines for this are not in haproxy.cfg`
    },
    command: (control, on) => commandOf(entry(control), on ? 'add' : 'del'),
    async carryOut(control, on, signal) {
      const {file, key, value} = entry(control)
      const known = (await keysIn(file, signal)).get(key)
      if (on ? known === value : known === undefined) return
      const command = commandOf({file, key, value}, on ? (known === undefined ? 'add' : 'set') : 'del')
      const answer = (await change(command, signal)).trim()
      if (answer !== '')
        throw new OpsError('traffic/refused', `HAProxy answered ${escapeLine(answer, 300)} to: ${command}`)
    },
    async inForce(controls, signal) {
      const files = [...new Set(controls.map(control => entry(control).file))]
      const maps = new Map(await Promise.all(files.map(async file => [file, await keysIn(file, signal)] as const)))
      return controls.map(control => {
        const {file, key, value} = entry(control)
        return maps.get(file)?.get(key) === value
      })
    },
  }
}

function entryOf(directory: string, control: TrafficControl): Entry {
  const at = (name: string): string => checked(path.join(directory, `${name}.map`))
  if (control.kind === 'maintenance') return {file: at('maintenance'), key: 'on', value: '1'}
  if (control.kind === 'pause') return {file: at('paused'), key: 'on', value: '1'}
  const of = control.what.startsWith('/') ? 'paths' : 'addresses'
  return control.kind === 'block'
    ? {file: at(`blocked-${of}`), key: checked(control.what), value: '1'}
    : {file: at(`limited-${of}`), key: checked(control.what), value: String(control.perSecond)}
}

const commandOf = ({file, key, value}: Entry, verb: 'add' | 'set' | 'del'): string =>
  verb === 'del' ? `del map ${file} ${key}` : `${verb} map ${file} ${key} ${value}`

/** Words of a command of the runtime API: blanks, semicolons and backslashes would end them. */
function checked(word: string): string {
  if (!/^[A-Za-z0-9._~/%+@:-]+$/.test(word))
    throw new OpsError('traffic/refused', `${JSON.stringify(word)} is not allowed in a command of HAProxy`)
  return word
}

/** Of `show map`: `4 (/etc/haproxy/controls/paused.map) pattern loaded from …`. */
export const mapFiles = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => /^-?\d+ \((.+?)\) /.exec(line)?.[1] ?? [])

/** Of `show map FILE`: `0x7f1c34036c20 on 1`. */
export const parseMap = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap(line => {
      const [at = '', key, value] = line.trim().split(' ')
      return at.startsWith('0x') && key !== undefined ? [[key, value ?? ''] as const] : []
    }),
  )
