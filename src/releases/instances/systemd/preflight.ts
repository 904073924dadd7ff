import type {Obstacle} from '../../../kinds/questions.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'

/** What is asked of a unit on its host. */
export interface Asked {
  readonly unit: string
  /** Its version file. */
  readonly file: string
  readonly host: string
  readonly sudo: boolean
  /** systemctl with its first arguments. */
  readonly systemctl: readonly string[]
}

const PROPERTIES = ['LoadState', 'NeedDaemonReload', 'ActiveState'] as const
/** Less than this and a version file, a log line or a pid file may fail to be written. */
const LEAST_FREE_KB = 1024

/** For any login shell. It reads and prints `key=value`, changes nothing, and what cannot be asked is left out. */
export function preflightScript({unit, file, sudo, systemctl}: Asked): string {
  const [name, at] = [quotePosix(unit), quotePosix(file)]
  const directory = quotePosix(file.slice(0, Math.max(1, file.lastIndexOf('/'))))
  const plain = systemctl.map(quotePosix).join(' ')
  const script = [
    `${plain} show ${PROPERTIES.map(property => `--property=${property}`).join(' ')} ${name} 2>&1 || echo "show=$?"`,
    `if test -d ${directory}; then ${sudo ? ':' : `test -w ${directory} || echo directory=unwritable`}; else ${
      // A directory behind one that this login cannot enter may be there all the same.
      sudo ? ':' : 'echo directory=missing'
    }; fi`,
    `if test -e ${at} && ! test -r ${at}; then echo file=unreadable; fi`,
    `df -Pk ${directory} 2>/dev/null | awk 'NR == 2 {print "freeKb=" $4}'`,
    `df -Pi ${directory} 2>/dev/null | awk 'NR == 2 && $2 > 0 {print "freeFiles=" $4}'`,
    // A rule for the very command; whether the login itself may run anything else does not matter.
    ...(sudo ? [`said=$(sudo -n -l ${plain} restart ${name} 2>&1) || echo "sudo=$said"`] : []),
    ...(systemctl.includes('--user') ? ['loginctl show-user "$(id -un)" --property=Linger 2>/dev/null'] : []),
    ':',
  ].join('; ')
  return `sh -c ${quotePosix(script)}`
}

/** What speaks against a start there; none for what was not said. */
export function preflightObstacles(printed: string, asked: Asked): readonly Obstacle[] {
  const said = new Map(
    printed.split('\n').flatMap(text => {
      const [, key, value] = /^(\w+)=(.*)$/.exec(text.trim()) ?? []
      return key === undefined || value === undefined ? [] : [[key, value] as const]
    }),
  )
  const [unit, host, file] = [asked.unit, asked.host, asked.file].map(text => escapeLine(text, 200))
  const all: readonly (readonly [boolean, string, string])[] = [
    [
      said.has('show'),
      `systemctl on ${host} says nothing of ${unit}: ${escapeLine(complaintIn(printed), 200)}`,
      'Run `systemctl show` of that unit there as that login; with --user it needs a session bus (loginctl enable-linger).',
    ],
    [
      said.get('LoadState') === 'not-found',
      `${host} has no unit ${unit}`,
      'Install the unit, or correct instances.unit or instances.hosts.',
    ],
    [
      said.get('LoadState') === 'masked',
      `${unit} on ${host} is masked: it cannot be started`,
      'Ask who masked it, then `systemctl unmask` it.',
    ],
    [
      ['error', 'bad-setting'].includes(said.get('LoadState') ?? ''),
      `systemd on ${host} cannot read ${unit}: ${escapeLine(said.get('LoadState') ?? '', 40)}`,
      'Run `systemd-analyze verify` of the unit there.',
    ],
    [
      said.get('NeedDaemonReload') === 'yes',
      `the file of ${unit} on ${host} was changed and systemd has not read it: a start would be by the old one`,
      'Look at the change, then `systemctl daemon-reload` there.',
    ],
    [
      said.has('sudo'),
      `sudo on ${host} does not let this login restart ${unit} without a password: ${escapeLine(said.get('sudo') ?? '', 120)}`,
      'Give it a NOPASSWD rule for systemctl, tee and mv; see docs/releases.md.',
    ],
    [
      said.get('Linger') === 'no',
      `the login on ${host} does not linger: its units end with its last session, this one's too`,
      'Run `loginctl enable-linger` for that login.',
    ],
    [
      said.get('directory') === 'missing',
      `the directory of ${file} is not there on ${host}`,
      'Make it, or correct instances.versionFile.',
    ],
    [
      said.get('directory') === 'unwritable',
      `this login may not write in the directory of ${file} on ${host}`,
      'Give it the right, or set instances.sudo.',
    ],
    [
      said.get('file') === 'unreadable',
      `${file} on ${host} cannot be read by this login: its other lines would be lost`,
      'Let it read the file.',
    ],
    [
      Number(said.get('freeKb') ?? LEAST_FREE_KB) < LEAST_FREE_KB,
      `the disk of ${file} on ${host} is full: ${escapeLine(said.get('freeKb') ?? '', 20)} KB free`,
      'Make room there.',
    ],
    [
      said.get('freeFiles') === '0',
      `the disk of ${file} on ${host} has no room for another file (no inodes free)`,
      'Remove files there.',
    ],
  ]
  return all.filter(([speaks]) => speaks).map(([, what, fix]) => ({what, fix}))
}

/** The last line that is no answer. */
const complaintIn = (printed: string): string =>
  printed
    .split('\n')
    .filter(text => text.trim() !== '' && !/^\w+=/.test(text))
    .at(-1) ?? 'it failed'
