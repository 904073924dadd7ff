import {createHash} from 'node:crypto'
import {Encrypter} from 'age-encryption'
import type {OpsContext} from '../../src/backups/context.ts'
import type {Memory} from '../../src/kinds/memory.ts'
import type {Records} from '../../src/kinds/records.ts'
import type {OpsTools} from '../../src/kinds/ops-tools.ts'
import {releaseSchema} from '../../src/releases/config.ts'
import type {ReleaseContext} from '../../src/releases/context.ts'
import {NOTHING} from '../../src/releases/left.ts'
import type {InstanceAction} from '../../src/releases/instances/instance-driver.ts'
import type {Placement} from '../../src/releases/traffic/traffic-driver.ts'

/** Parts of `ops` that are no servers, and say of each change that they were touched. */
export interface Touchable {
  readonly tools: OpsTools
  readonly touched: (what: string) => void
}

export const BACKUP = '20261122-031200-aaaa'
/** In another place only. */
export const OLD = '20261121-031200-cccc'

/** A backup with roles that the server has not, which a plan may remove, kept in a storage of one file. */
export async function backupContext({tools, touched}: Touchable, keys: Keys): Promise<OpsContext> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(keys.recipient)
  const globals = await encrypter.encrypt('CREATE ROLE app;')
  const file = {
    file: 'globals',
    storedBytes: globals.length,
    sha256: createHash('sha256').update(globals).digest('hex'),
  }
  const entry = (id: string, takenAt: number) => ({id, takenAt, finishedAt: takenAt, state: 'good', held: false})
  const touch = (what: string) => async (): Promise<never> => {
    touched(what)
    return undefined as never
  }
  const catalog = {
    storage: {
      address: 'here',
      list: async () => [],
      stat: async () => ({name: 'globals', bytes: globals.length, modifiedMs: 0, whole: true}),
      readTexts: async () => new Map(),
      async *read() {
        yield globals
      },
      begin: touch('storage'),
      remove: touch('storage'),
    },
    list: async () => [entry('20261123-031200-bbbb', 2), entry(BACKUP, 1)],
    manifest: async (id: string) => ({
      digest: 'd',
      manifest: {id, file: 'copy', storedBytes: 1, sha256: '', serverVersion: '15.1', globals: file, recipients: []},
    }),
    publishManifest: touch('manifest'),
    signature: async () => ({ok: true, signer: 'opsconsole', key: 'SHA256:x'}),
    sign: touch('signature'),
    writeRecord: touch('record'),
    removeRecord: touch('record'),
    remove: touch('backup'),
  }
  return {
    tools,
    source: {
      address: 'here',
      backup: {
        name: 'shop',
        keep: 1,
        rpo: 1,
        retention: {daily: 0, weekly: 0, monthly: 0, window: 0},
        encryption: {recipients: [keys.recipient]},
        drill: {binaries: undefined, user: undefined, rto: 1},
        checks: [],
        copies: [{name: 'vault', storage: {type: 'dir', path: '/none/vault'}, offSite: false, immutable: false}],
        environment: 'prod',
      },
      what: 'shop',
      database: {name: 'shop', environment: 'prod'},
    },
    access: {
      hasIdentity: () => false,
      identity: async () => keys.identity,
      admin: async () => ({}),
    },
    catalog,
    openPlace: () => ({...catalog, list: async () => [...(await catalog.list()), entry(OLD, 0)]}),
    method: {
      repository: {
        address: 'pgbackrest:main',
        read: async () => ({backups: [{label: BACKUP, digest: 'd'}], serverVersion: '15'}),
        restoreArguments: () => ['pgbackrest', 'restore'],
      },
      takeGlobals: touch('globals'),
      takeCommand: async () => 'pg_dump shop',
      take: touch('take'),
      createGlobals: async () => {
        touched('globals')
        return {roles: ['app'], tablespaces: []}
      },
      fillCommand: () => 'pg_restore',
      commands: () => ({make: 'CREATE DATABASE', analyze: 'ANALYZE', drop: 'DROP DATABASE', write: 'SELECT'}),
      swap: {
        describe: () => 'ALTER DATABASE',
        swap: touch('database'),
        describeInstall: () => 'ALTER DATABASE',
        install: touch('database'),
      },
      check: async () => {},
      prepare: touch('database'),
      fill: touch('rows'),
      prove: async () => ({ok: true, tables: 1, rows: 1, reason: 'equal', durationMs: 1}),
      analyze: touch('statistics'),
      writeOnce: touch('row'),
      drop: touch('database'),
    },
  } as unknown as OpsContext
}

export interface Keys {
  readonly identity: string
  readonly recipient: string
}

const config = releaseSchema.parse({
  name: 'shop',
  traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
  instances: {type: 'command', deploy: ['none'], stop: ['none']},
  slots: ['blue', 'green'].map(name => ({
    name,
    instances: [1, 2].map(number => ({name: `${name}-${number}`, url: `http://${name}-${number}`})),
  })),
})

const KEPT = {slot: 'green', version: '2', until: 0, run: 'r', ended: null}

/** Blue serves, green does not, and everybody is healthy. */
export function releaseContext({tools, touched}: Touchable): ReleaseContext {
  const server = (name: string, placement: Placement) => ({
    name,
    placement,
    word: placement,
    fresh: true,
    failing: false,
    check: 'passed',
    sessions: 0,
    responses: 0,
    errors: 0,
  })
  const servers = ['blue-1', 'blue-2', 'green-1', 'green-2'].map(name =>
    server(name, name.startsWith('blue') ? 'serving' : 'draining'),
  )
  const action = (text: string): InstanceAction => ({
    text,
    carryOut: async () => {
      touched(text)
      return ''
    },
  })
  const memory: Memory = {
    read: () => ({...NOTHING, live: {slot: 'blue', version: '1', at: 0, run: 'r'}, kept: KEPT}),
    write: () => touched('memory'),
  }
  const drained = {id: 'drain:blue-1', control: {kind: 'drain', server: 'blue-1'}, at: 0, until: 1, run: 'r'}
  const records: Records = {
    read: () => [drained],
    change: (_target, next) => {
      touched('records')
      return next([drained]).result
    },
  }
  return {
    config,
    tools: {memory, records, ...tools},
    traffic: {
      target: 'a balancer',
      abilities: {drain: true, weights: true, perServerCounters: true, ownChecks: true, survivesReload: true},
      state: async () => ({unserved: 0, servers: new Map(servers.map(one => [one.name, one]))}),
      recheck: all => [all.map(({name}) => ({server: name, to: 'draining'}))],
      command: moves => moves.map(({server: name, to}) => `${name} ${to}`).join(', '),
      move: async () => touched('traffic'),
    },
    instances: {
      timeoutMs: 1,
      start: ({instance}, version) => action(`start ${instance} ${version}`),
      stop: ({instance}) => action(`stop ${instance}`),
      logs: undefined,
      obstacles: async () => [],
    },
    request: async () => ({status: 200, body: '{"version":"2"}', date: undefined}),
  }
}
