import {readdirSync, rmSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {allCommands} from '../../src/commands/registry.ts'
import {until} from '../program/program.ts'
import {ALERT, filesIn, lastWritten, openWorld, SILENCE, UNDELIVERED, type World} from './world.ts'

/** What a command does to a thing, and what the gate says of it. */
interface Row {
  readonly command: string
  readonly args: (world: World) => readonly string[] | Promise<readonly string[]>
  /** The thing itself, before and after. */
  readonly thing: (world: World) => string | Promise<string>
  /** A read-only policy leaves it: it is the way back. */
  readonly policy?: 'leaves it'
  /** In a protected environment --yes alone is refused, and this is added. */
  readonly confirm?: true
  /** Its run was: protected in the middle, its next step would be refused. */
  readonly startedUnprotected?: true
  /** It is not carried out here, because of something that is no matter of the gate. */
  readonly ends?: number
}

const backups = ({program}: World): string => filesIn(path.join(program.dir, 'backups'))
const files = ({program}: World): string => filesIn(program.dir).replaceAll(/^(state|\.cache)\S* .*\n?/gm, '')
const run =
  (of: (world: World) => string) =>
  (world: World): string =>
    filesIn(path.join(world.program.stateDir, 'runs', of(world)))
const runNames = ({program}: World): string => readdirSync(path.join(program.stateDir, 'runs')).sort().join(' ')
const locks = async ({program}: World): Promise<string> =>
  (await program.run('lock', 'list')).stdout.match(/shop\/web/)?.[0] ?? ''

let lost = ''
let lostToUndo = ''

/** W9: every command that declares a change. The order is that in which the things are there. */
const TABLE: readonly Row[] = [
  {command: 'alerts ack', args: () => ['alerts', 'ack', ALERT], thing: world => world.alert()},
  {
    command: 'alerts silence',
    args: () => ['alerts', 'silence', ALERT, '--for', '1h', '--reason', 'moving'],
    thing: world => world.silences(),
  },
  {
    command: 'maintenance on',
    args: () => ['maintenance', 'on', '--for', '1h', '--reason', 'moving'],
    thing: world => world.silences(),
  },
  {command: 'maintenance off', args: () => ['maintenance', 'off'], thing: world => world.silences()},
  {command: 'alerts expire', args: () => ['alerts', 'expire', SILENCE], thing: world => world.silences()},
  {
    command: 'alerts test',
    args: () => ['alerts', 'test'],
    thing: ({program}) => filesIn(path.join(program.dir, 'notified.log')),
  },
  {
    command: 'alerts retry',
    args: () => ['alerts', 'retry', UNDELIVERED],
    thing: ({program}) => filesIn(path.join(program.dir, 'notified.log')),
  },
  {command: 'backup create', args: () => ['backup', 'create', '--no-verify'], thing: backups},
  {
    command: 'backup verify',
    args: world => ['backup', 'verify', world.backups[0] ?? ''],
    // Its result is written again each time it is read.
    thing: ({program, backups: [id = '']}) => lastWritten(path.join(program.dir, 'backups'), id),
  },
  {
    command: 'backup hold',
    args: world => ['backup', 'hold', world.backups[0] ?? '', '--reason', 'for court'],
    thing: backups,
  },
  {
    command: 'backup hold',
    args: world => ['backup', 'hold', world.backups[0] ?? '', '--release'],
    thing: backups,
    confirm: true,
  },
  {
    command: 'backup sign',
    args: ({program, backups: [id = '']}) => {
      rmSync(path.join(program.dir, `backups/shop/shop/${id}.manifest.json.sig`), {force: true})
      return ['backup', 'sign', id, '--accept', 'unsigned']
    },
    thing: backups,
    confirm: true,
  },
  {command: 'backup prune', args: () => ['backup', 'prune', '--keep', '1', '--yes'], thing: backups, confirm: true},
  {
    command: 'cache invalidate',
    args: () => ['cache', 'invalidate', 'UPDATED', '--yes'],
    thing: world => world.keys(),
    confirm: true,
  },
  {
    command: 'lock release',
    args: world => ['lock', 'release', world.lock, '--reason', 'gone home'],
    thing: locks,
    confirm: true,
  },
  {
    command: 'schedule pause',
    args: () => ['schedule', 'pause', 'nightly', '--reason', 'moving'],
    thing: world => world.schedule(),
  },
  {command: 'schedule resume', args: () => ['schedule', 'resume', 'nightly'], thing: world => world.schedule()},
  {command: 'run', args: () => ['run', 'touches', '--yes'], thing: run(() => ''), confirm: true},
  {
    command: 'runs answer',
    args: ({waiting}) => ['runs', 'answer', waiting.run, waiting.prompt, 'yes'],
    startedUnprotected: true,
    thing: ({program}) => filesIn(path.join(program.dir, 'answered')),
  },
  {
    command: 'runs decide',
    // It goes on until something is decided, and so it begins with its row.
    args: async ({program}) => {
      const {run: id} = JSON.parse((await program.run('run', 'decides', '--yes', '--detach', '--json')).stdout) as {
        run: string
      }
      await until('its step', async () => {
        const {current} = JSON.parse((await program.run('runs', 'show', id, '--json')).stdout) as {current?: string}
        return current === 'a'
      })
      return ['runs', 'decide', id, 'hold']
    },
    startedUnprotected: true,
    thing: ({program}) => filesIn(path.join(program.dir, 'decided')),
  },
  {
    command: 'runs approve',
    args: world => ['runs', 'approve', world.suspended],
    thing: run(({suspended}) => suspended),
    ends: 7,
  },
  {command: 'runs resume', args: () => ['runs', 'resume', lost, '--detach'], thing: run(() => lost)},
  {command: 'runs abort', args: () => ['runs', 'abort', lost], thing: run(() => lost), policy: 'leaves it'},
  {
    command: 'runs settle',
    args: () => ['runs', 'settle', lostToUndo, 'abort'],
    thing: run(() => lostToUndo),
    policy: 'leaves it',
  },
  // It goes on for a moment after its command has returned: only the names of runs count.
  {command: 'schedule run', args: () => ['schedule', 'run', 'nightly'], thing: runNames},
]

async function untilNoRunGoesOn({program}: World): Promise<void> {
  await until('no run to go on', async () => {
    const runs = JSON.parse((await program.run('runs', 'list', '--json')).stdout) as readonly {readonly state: string}[]
    return runs.every(({state}) => state !== 'running' && state !== 'undoing')
  })
}

/** These make files and processes of their own: the flag refuses them, no environment's policy is about them. */
const OWN_FILES: Readonly<Record<string, readonly string[]>> = {
  init: ['init', 'new.yaml'],
  doctor: ['doctor', '--fix-config'],
  trust: ['trust', '.'],
  'runbook new': ['runbook', 'new', 'fresh'],
  'lab up': ['lab', 'up', '--rps', 'many'],
  'lab down': ['lab', 'down'],
  'lab fault': ['lab', 'fault', 'clear'],
  'lab load': ['lab', 'load', '--reset'],
}

/** They show, and are asked like any other when something is answered in them. */
const SHOWS = ['runs attach']

let world: World
beforeAll(async () => {
  world = await openWorld()
  lost = await world.lose()
  lostToUndo = await world.lose()
}, 120_000)
afterAll(async () => {
  world.configure({})
  await world.stop()
})

test('a command that changes something and is not in the table fails here', async () => {
  const declared = (await allCommands()).filter(({changes}) => changes !== undefined).map(({name}) => name)
  const known = [...TABLE.map(({command}) => command), ...Object.keys(OWN_FILES), ...SHOWS]
  expect([...new Set(known)].sort()).toEqual(declared.sort())
})

const FLAG = 'this was called with --read-only, which forbids every change'
const POLICY = 'the policy is read-only, which forbids every change'

describe('W9 with F1 (the policy) and F38 (protected): every command that changes something, on the thing itself', () => {
  test.each(TABLE.map(row => [`${row.command}${row.confirm ? ', its name typed' : ''}`, row] as const))(
    '%s',
    async (_title, row) => {
      const {program, configure} = world
      configure({})
      const args = await row.args(world)
      const before = await row.thing(world)
      const refused = async (reason: string, ...more: readonly string[]): Promise<void> => {
        const {code, stderr} = await program.run(...args, ...more)
        expect({code, stderr, thing: await row.thing(world)}).toEqual({
          code: 7,
          stderr: expect.stringContaining(reason),
          thing: before,
        })
      }
      await refused(FLAG, '--read-only')
      if (row.policy === undefined) {
        configure({readOnly: true})
        await refused(POLICY)
        configure({protected: true})
        if (row.confirm) await refused('--confirm shop')
      } else configure({readOnly: true})
      if (row.startedUnprotected) configure({})
      const {code, stderr} = await program.run(...args, ...(row.confirm ? ['--confirm', 'shop'] : []))
      expect({code, stderr: code === (row.ends ?? 0) ? '' : stderr}).toEqual({code: row.ends ?? 0, stderr: ''})
      if (row.ends !== 7) await until('the change', async () => (await row.thing(world)) !== before)
      // Else the policy of the next row would refuse its next step.
      if (/^(runs|schedule) (answer|decide|resume|settle|run)$/.test(row.command)) await untilNoRunGoesOn(world)
    },
  )

  test.each(Object.entries(OWN_FILES))('%s, in a directory of its own', async (_name, args) => {
    const {program, configure} = world
    configure({readOnly: true})
    const before = files(world)
    expect(await program.run(...args, '--read-only')).toMatchObject({code: 7, stderr: expect.stringContaining(FLAG)})
    expect(files(world)).toBe(before)
    expect((await program.run(...args)).code).not.toBe(7)
  })

  test('what only shows goes on, with the flag and with the policy', async () => {
    world.configure({readOnly: true})
    expect((await world.program.run('runs', 'attach', world.ended, '--read-only')).code).toBe(0)
  })

  test('every refusal is in the trail with its rule, and the trail holds', async () => {
    world.configure({})
    const records = JSON.parse((await world.program.run('audit', 'list', '--limit', '1000', '--json')).stdout) as {
      readonly phase: string
      readonly outcome?: string
      readonly detail?: {readonly rule?: string}
    }[]
    const rules = records.flatMap(({phase, outcome, detail}) =>
      phase === 'decision' && outcome === 'refused' ? [detail?.rule] : [],
    )
    const count = (rule: string): number => rules.filter(each => each === rule).length
    expect(count('read-only flag')).toBe(TABLE.length + Object.keys(OWN_FILES).length)
    expect(count('read-only policy')).toBe(TABLE.filter(({policy}) => policy === undefined).length)
    // A run without its name is refused by what it would have to ask, before it is a run.
    expect(count('protected environment')).toBe(
      TABLE.filter(({confirm, command}) => confirm && command !== 'run').length,
    )
    expect((await world.program.run('audit', 'verify')).code).toBe(0)
  })
})
