import type {Client} from 'pg'

/** A role that the database names. */
export interface DatabaseRole {
  readonly name: string
  /** Something in the database, or the database itself, is its own: a restore gives it back, which takes a right on it. */
  readonly owns: boolean
}

/** Roles that the dump's OWNER TO and GRANT lines name. */
export async function readDatabaseRoles(client: Client): Promise<readonly DatabaseRole[]> {
  const {rows} = await client.query<DatabaseRole>(ROLES)
  return rows.filter(({name}) => !name.startsWith('pg_'))
}

/** Catalogues of what may have an owner, and the column that names it. */
const OWNED: readonly (readonly [string, string])[] = [
  ['pg_namespace', 'nspowner'],
  ['pg_class', 'relowner'],
  ['pg_proc', 'proowner'],
  ['pg_type', 'typowner'],
  ['pg_largeobject_metadata', 'lomowner'],
  ['pg_operator', 'oprowner'],
  ['pg_opclass', 'opcowner'],
  ['pg_opfamily', 'opfowner'],
  ['pg_collation', 'collowner'],
  ['pg_conversion', 'conowner'],
  ['pg_language', 'lanowner'],
  ['pg_statistic_ext', 'stxowner'],
  ['pg_ts_config', 'cfgowner'],
  ['pg_ts_dict', 'dictowner'],
  ['pg_foreign_data_wrapper', 'fdwowner'],
  ['pg_foreign_server', 'srvowner'],
  ['pg_event_trigger', 'evtowner'],
  ['pg_publication', 'pubowner'],
]

/** The role that initdb made (10) is not in pg_shdepend, so the catalogues are asked. What an extension brings is not its own. */
const OWNED_BY_FIRST = OWNED.map(
  ([catalogue, owner]) =>
    `EXISTS (SELECT FROM ${catalogue} c WHERE c.${owner} = 10 AND c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e
      WHERE e.classid = '${catalogue}'::regclass AND e.objid = c.oid AND e.deptype IN ('e', 'i')))`,
).join(' OR ')

const ROLES = `
  SELECT r.rolname AS name, bool_or(coalesce(s.deptype = 'o', false) OR d.datdba = r.oid OR r.oid = 10) AS owns
  FROM pg_roles r JOIN pg_database d ON d.datname = current_database()
    LEFT JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
      AND (s.dbid = d.oid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid))
  WHERE s.refobjid IS NOT NULL OR d.datdba = r.oid OR (r.oid = 10 AND (${OWNED_BY_FIRST}))
  GROUP BY 1 ORDER BY 1`
