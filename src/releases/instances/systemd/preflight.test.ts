import {execFileSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {preflightObstacles, preflightScript} from './preflight.ts'

const ASKED = {
  unit: 'web@blue1.service',
  file: '/etc/web/blue1.env',
  host: 'app1',
  sudo: true,
  systemctl: ['systemctl'],
}
const GOOD = 'LoadState=loaded\nNeedDaemonReload=no\nActiveState=active\nfreeKb=4000\nfreeFiles=9\nLinger=yes\n'

test.each([
  ['all is well', GOOD, []],
  ['a unit that failed before is started anew', GOOD.replace('ActiveState=active', 'ActiveState=failed'), []],
  ['nothing is said', '', []],
  ['masked', 'LoadState=masked\n', ['web@blue1.service on app1 is masked: it cannot be started']],
  ['missing', 'LoadState=not-found\n', ['app1 has no unit web@blue1.service']],
  ['broken', 'LoadState=bad-setting\n', ['systemd on app1 cannot read web@blue1.service: bad-setting']],
  [
    'changed',
    GOOD.replace('Reload=no', 'Reload=yes'),
    ['the file of web@blue1.service on app1 was changed and systemd has not read it: a start would be by the old one'],
  ],
  [
    'a password',
    `${GOOD}sudo=sudo: a password is required\n`,
    ['sudo on app1 does not let this login restart web@blue1.service without a password: sudo: a password is required'],
  ],
  [
    'no session',
    'Failed to connect to bus: No medium found\nshow=1\nLinger=no\n',
    [
      'systemctl on app1 says nothing of web@blue1.service: Failed to connect to bus: No medium found',
      "the login on app1 does not linger: its units end with its last session, this one's too",
    ],
  ],
  [
    'full',
    'freeKb=12\nfreeFiles=0\n',
    [
      'the disk of /etc/web/blue1.env on app1 is full: 12 KB free',
      'the disk of /etc/web/blue1.env on app1 has no room for another file (no inodes free)',
    ],
  ],
  ['no directory', 'directory=missing\n', ['the directory of /etc/web/blue1.env is not there on app1']],
  [
    'no right',
    'directory=unwritable\nfile=unreadable\n',
    [
      'this login may not write in the directory of /etc/web/blue1.env on app1',
      '/etc/web/blue1.env on app1 cannot be read by this login: its other lines would be lost',
    ],
  ],
])('what the host says before anything is changed: %s', (_what, printed, whats) => {
  expect(preflightObstacles(printed, ASKED).map(({what}) => what)).toEqual(whats)
})

test('the script is one word for any login shell, and ends well where nothing can be asked', () => {
  const script = preflightScript({
    ...ASKED,
    unit: "a'b; touch x",
    file: '/none here/$HOME.env',
    systemctl: ['/none/systemctl', '--user'],
  })
  const printed = execFileSync('/bin/sh', ['-c', script], {encoding: 'utf8'})
  expect(printed).toMatch(/^show=127$/m)
  expect(printed).not.toMatch(/^freeKb=/m)
})
