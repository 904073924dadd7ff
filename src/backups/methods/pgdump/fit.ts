import {quoteName, quoteText} from '../../../connections/postgres/quote.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {formatBytes} from '../../../units/bytes.ts'
import type {Misfit} from '../../fit.ts'
import type {DatabaseProperties, PgdumpManifest, Needs} from '../../manifest.ts'
import type {TargetServer} from './target-server.ts'

export type NeedsOf = Pick<PgdumpManifest, 'needs' | 'properties' | 'serverVersion' | 'databaseBytes' | 'globals'>

interface Suit {
  readonly misfits: readonly Misfit[]
  readonly notes: readonly string[]
}

/**
 * What stands in the way of restoring this backup to that server, and what will be different. Pure.
 */
export function compareFit(of: NeedsOf, target: TargetServer): Suit {
  const {needs, properties} = of
  const parts: Suit[] = [
    {misfits: rolesMissing(needs, properties, target), notes: []},
    {misfits: tablespacesMissing(needs, properties, target), notes: []},
    extensionsOf(needs, target),
    {misfits: target.standby ? [misfit('the server is a standby: nothing can be written there')] : [], notes: []},
    versionOf(of.serverVersion, target),
    {misfits: rightsMissing(of, target), notes: []},
    localesOf(properties, target),
    diskOf(of.databaseBytes, target),
    {misfits: [], notes: globalsNotes(of)},
  ]
  return {misfits: parts.flatMap(part => part.misfits), notes: parts.flatMap(part => part.notes)}
}

const misfit = (what: string, commands: readonly string[] = [], byGlobals = false): Misfit => ({
  what,
  commands,
  byGlobals,
})

function rolesMissing(needs: Needs | null, properties: DatabaseProperties, target: TargetServer): readonly Misfit[] {
  const known = new Map((needs?.roles ?? []).map(role => [role.name, role]))
  const names = needs === null ? [...properties.roles, properties.owner] : [...known.keys()]
  const missing = [...new Set(names)].filter(name => !target.roles.includes(name))
  return missing.map(name => {
    const {options = '', memberOf = []} = known.get(name) ?? {}
    return misfit(
      `role ${name} is missing`,
      [
        `CREATE ROLE ${quoteName(name)}${options === '' ? '' : ` ${options.replace(/[^A-Z ]/g, '')}`};`,
        ...memberOf.map(group => `GRANT ${quoteName(group)} TO ${quoteName(name)};`),
      ],
      true,
    )
  })
}

function tablespacesMissing(
  needs: Needs | null,
  {tablespace}: DatabaseProperties,
  target: TargetServer,
): readonly Misfit[] {
  const wanted = needs?.tablespaces ?? (tablespace === null ? [] : [{name: tablespace, location: ''}])
  return wanted
    .filter(({name}) => !target.tablespaces.includes(name))
    .map(({name, location}) =>
      misfit(
        `tablespace ${name} is missing`,
        [
          `install -d -o postgres -g postgres -m 700 ${quotePosix(location)}`,
          `CREATE TABLESPACE ${quoteName(name)} LOCATION ${quoteText(location)};`,
        ],
        true,
      ),
    )
}

function extensionsOf(needs: Needs | null, target: TargetServer): Suit {
  const misfits: Misfit[] = []
  const notes: string[] = []
  for (const {name, version} of needs?.extensions ?? []) {
    const there = target.extensions.get(name)
    if (there === undefined) misfits.push(misfit(`extension ${name} is not installed on the server`))
    else if (!there.allowed)
      misfits.push(
        misfit(`${target.role.name} may not create extension ${name}: it takes a superuser`, superuser(target)),
      )
    else if (there.version !== version)
      notes.push(`extension ${name} becomes version ${there.version}; it was ${version}`)
  }
  return {misfits, notes}
}

/** Only a superuser can give this. */
const superuser = ({role}: TargetServer): readonly string[] => [`ALTER ROLE ${quoteName(role.name)} SUPERUSER;`]

function versionOf(from: string, {major, version}: TargetServer): Suit {
  const before = Number.parseInt(from, 10)
  if (before > major)
    return {misfits: [misfit(`the server is PostgreSQL ${version}, older than the backup's ${from}`)], notes: []}
  return before < major
    ? {misfits: [], notes: [`the server is PostgreSQL ${version}; the backup is of ${from}`]}
    : {misfits: [], notes: []}
}

/** What the role of the configuration may not do. A superuser may do everything. */
function rightsMissing({needs, properties}: NeedsOf, {role, guarded, roles}: TargetServer): readonly Misfit[] {
  if (role.superuser) return []
  const me = quoteName(role.name)
  const owners = (needs?.roles ?? []).filter(({owns}) => owns).map(({name}) => name)
  const foreign = [...new Set([properties.owner, ...owners])].filter(
    name => roles.includes(name) && !role.actsAs.includes(name),
  )
  const settings = properties.settings.filter(setting => guarded.includes(setting.name))
  const ofRoles = properties.settings.filter(({role: of}) => of !== null && of !== role.name)
  return [
    ...(role.createDatabase ? [] : [misfit(`${role.name} may not create databases`, [`ALTER ROLE ${me} CREATEDB;`])]),
    ...foreign.map(name =>
      misfit(`${role.name} may not give anything to role ${name}, which it is no member of`, [
        `GRANT ${quoteName(name)} TO ${me};`,
      ]),
    ),
    ...(needs?.superuser ?? []).map(what => misfit(`${what} takes a superuser, which ${role.name} is not`)),
    ...settings.map(({name}) => misfit(`${role.name} may not set ${name}, which the database has of its own`)),
    ...(ofRoles.length === 0 || role.createRole
      ? []
      : [misfit(`${role.name} may not set settings of other roles`, [`ALTER ROLE ${me} CREATEROLE;`])]),
  ]
}

function localesOf({collate, ctype, provider, collationVersion}: DatabaseProperties, target: TargetServer): Suit {
  const unknown =
    provider === 'i' ? [] : [...new Set([collate, ctype])].filter(name => !target.locales.some(same(name)))
  const differs =
    collationVersion !== null && target.collationVersion !== null && collationVersion !== target.collationVersion
  return {
    misfits: unknown.map(name =>
      misfit(`the server does not know locale ${name}`, [
        `localedef -i ${quotePosix(name.split('.')[0] ?? name)} -f ${quotePosix(name.split('.')[1] ?? 'UTF-8')} ${quotePosix(name)}`,
        "SELECT pg_import_system_collations('pg_catalog');",
      ]),
    ),
    notes: differs
      ? [`text is sorted by version ${target.collationVersion} of ${collate}; it was ${collationVersion}`]
      : [],
  }
}

/** `en_US.UTF-8`, `en_US.utf8`: one locale. */
const plain = (locale: string): string => locale.toLowerCase().replaceAll('-', '')
const same =
  (name: string) =>
  (other: string): boolean =>
    plain(name) === plain(other)

function diskOf(bytes: number, {freeBytes}: TargetServer): Suit {
  if (bytes === 0) return {misfits: [], notes: []}
  const need = formatBytes(bytes)
  if (freeBytes === undefined)
    return {misfits: [], notes: [`it needs about ${need} there; how much is free cannot be seen from here`]}
  return freeBytes < bytes
    ? {misfits: [misfit(`it needs about ${need}, and ${formatBytes(freeBytes)} are free`)], notes: []}
    : {misfits: [], notes: []}
}

function globalsNotes({globals, needs}: NeedsOf): readonly string[] {
  if (needs === null || globals === null) return ['the backup was taken before roles and other globals were kept']
  if ('missing' in globals) return [`roles and other globals are not in the backup: ${globals.missing}`]
  return globals.passwords ? [] : ['roles are in the backup without their passwords']
}
