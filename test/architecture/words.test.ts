import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {isTest, ROOT, readSources} from './sources.ts'

/** A private dialect, or a translated idiom, and what is said instead. Compared as written, capitals included. */
const PHRASES: Readonly<Record<string, string>> = {
  'since 3m ago': 'for 3 min',
  'since 2h ago': 'for 2 h',
  'is told of it': 'is notified',
  'nobody is told': 'nobody is notified',
  'every console is told': 'every console is notified',
  'made anew': 'recreated',
  'begun anew': 'recreated',
  'reads them anew': 'reads them again',
  'stands before': 'precedes',
  'stands inside': 'is inside',
  'stands in the file': 'is in the file',
  'stands in a here-document': 'is in a here-document',
  'it stands after': 'its `after` is',
  'is no duration': 'is not a duration',
  'is no answer to': 'is not an answer to',
  'is no run id': 'is not a run id',
  'is no way to settle': 'is not a way to settle',
  'is no directory of': 'is not a directory of',
  'is no step with': 'is not a step with',
  'is no file of its own': 'is not a file of its own',
  'is no measurement': 'is not a measurement',
  'are no measurements': 'are not measurements',
  'gives no list of': 'does not return a list of',
  'nothing is on fire': 'No alerts firing',
  'Nothing is on fire': 'No alerts firing',
  'failed looks': 'failed probes',
  'looks in a row': 'checks in a row',
  'could not be looked at': 'could not be checked',
  'never looked at': 'never probed',
  'not looked at yet': 'not probed yet',
  'last looked at': 'last probed',
  'kept for a look': 'kept for inspection',
  'putting everything back': 'restoring',
  'putting it back': 'restoring it',
  'Left to do': 'Still to do',
  'Mend the': 'Fix the',
  'Mend that': 'Fix that',
  'mend it': 'fix it',
  'known by kernel': 'identity verified by the OS',
  'known by sshd': 'identity verified by sshd',
  'gives back': 'returns',
  'Gives back': 'Returns',
  'is there twice': 'is a duplicate',
  'is given twice': 'is given more than once',
  'tells of': 'says about',
  'whose it is': 'who owns it',
  'cannot be believed': 'is not trusted',
  'cannot be parked': 'cannot be disabled',
  'no figures': 'nothing measured',
  'its figures': 'its measurements',
  "drill's figures": "drill's measurements",
  'probe of everything': 'probe everything',
  'Name to run up': 'Name to look up',
  'somebody should run': 'somebody should look',
  'should probe like': 'should be written like',
  'no longer condition': 'no longer holds',
  '`condition` again': '`holds` again',
  opsconsole_looks_total: 'opsconsole_probes_total',
  looks_running: 'probes_running',
  looks_waiting: 'probes_waiting',
  target_last_look: 'target_last_probe',
  '**finding**': '**result**',
  'the Desk': 'the answer queue',
  'the Keeper': 'the output buffer',
  'putBack(': 'restoreVersion(',
  LockBook: 'LockStore',
  AlertBook: 'AlertStore',
  SpareShells: 'WarmShell',
  'freeze window': 'change freeze',
  'Survivors:': 'Orphans:',
}

const found = (file: string, text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      Object.entries(PHRASES).flatMap(([phrase, instead]) =>
        line.includes(phrase) ? [`${file}:${index + 1}: "${phrase}"; write: ${instead}`] : [],
      ),
    )

test('there are at least sixty of them', () => {
  expect(Object.keys(PHRASES).length).toBeGreaterThanOrEqual(60)
})

test('none is in a text of the program: help, errors, screens, runbooks', () => {
  const sources = readSources('src', 'runbooks').filter(({file}) => !isTest(file))
  expect(sources.flatMap(({file, text}) => found(file, text))).toEqual([])
})

test('none is in the documents', () => {
  const documents = ['README.md', 'CHANGELOG.md', ...globSync('docs/*.md', {cwd: ROOT})]
  expect(documents.flatMap(file => found(file, readFileSync(path.join(ROOT, file), 'utf8')))).toEqual([])
})
