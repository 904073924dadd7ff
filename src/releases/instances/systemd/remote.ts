import {quotePosix} from '../../../text/quote-posix.ts'

/**
 * What a start does on the host, for any login shell. The line VERSION=… of the file is replaced; its other lines, its mode and
 * its owner stay. Whole or not at all: a unit that restarts by itself meanwhile reads the old version or the new one. What
 * failed too often before is no reason not to start another version, so systemd's count begins anew.
 */
export function startScript(
  {file, line, unit}: {readonly file: string; readonly line: string; readonly unit: string},
  {sudo, systemctl}: {readonly sudo: string; readonly systemctl: string},
): string {
  const [at, beside] = [quotePosix(file), quotePosix(`${file}.new`)]
  const directory = quotePosix(file.slice(0, Math.max(1, file.lastIndexOf('/'))))
  const unread = quotePosix(`${file} cannot be read by this login: its other lines would be lost`)
  const name = quotePosix(unit)
  const script = [
    `if test -r ${at}; then kept=$(grep -v '^[[:space:]]*VERSION=' ${at})`,
    `elif test -e ${at} || { test -d ${directory} && ! test -x ${directory}; }; then echo ${unread} >&2; exit 1`,
    'else kept=; fi',
    // With a copy of the file itself, mode and owner are those that it has.
    `if test -n "$kept"; then ${sudo}cp -p ${at} ${beside} || exit; fi`,
    `printf '%s\\n' \${kept:+"$kept"} ${quotePosix(line)} | ${sudo}tee ${beside} >/dev/null && ${sudo}mv -f ${beside} ${at} || exit`,
    `${systemctl} reset-failed ${name} 2>/dev/null; ${systemctl} restart ${name}`,
  ].join('; ')
  return `sh -c ${quotePosix(script)}`
}

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'Result', 'ExecMainStatus'] as const

/** Asks the unit what it is; needs no rights. */
export const showCommand = (systemctl: string, unit: string): string =>
  `${systemctl} show ${PROPERTIES.map(name => `--property=${name}`).join(' ')} ${quotePosix(unit)}`

/** What `systemctl show` printed, in words: `failed (failed), result exit-code, exit status 203`; undefined where it said nothing. */
export function unitWords(printed: string): string | undefined {
  const said = new Map(
    printed.split('\n').flatMap(text => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(text.trim()) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
  const active = said.get('ActiveState')
  if (active === undefined || active === '') return undefined
  const [load, result, status] = [said.get('LoadState'), said.get('Result'), said.get('ExecMainStatus')]
  return [
    `${active} (${said.get('SubState') ?? ''})`,
    ...(load === undefined || load === 'loaded' ? [] : [load]),
    ...(result === undefined || result === 'success' || result === '' ? [] : [`result ${result}`]),
    ...(status === undefined || status === '0' || status === '' ? [] : [`exit status ${status}`]),
  ].join(', ')
}
