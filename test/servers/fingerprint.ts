import {Client} from 'pg'
import {quoteName} from '../../src/connections/postgres/quote.ts'

/** Everything that a restore of a database must bring back, by topic, as text to compare. Object ids are never part of it. */
export type Fingerprint = Readonly<Record<string, readonly string[]>>

/** Not the system's, and not of an extension: that brings its own. */
const own = (catalogue: string, oid = 'o.oid'): string =>
  `${oid} >= 16384 AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '${catalogue}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`

/** Each gives one column of text. */
const TOPICS: Readonly<Record<string, string>> = {
  relations: `SELECT concat_ws('|', o.oid::regclass, o.relkind, o.relpersistence, pg_get_userbyid(o.relowner), o.relacl, o.reloptions, o.relrowsecurity,
      o.relforcerowsecurity, o.relreplident, o.relispartition, pg_get_expr(o.relpartbound, o.oid), am.amname,
      (SELECT spcname FROM pg_tablespace t WHERE t.oid = o.reltablespace),
      CASE WHEN o.relkind = 'p' THEN pg_get_partkeydef(o.oid) END, CASE WHEN o.relkind IN ('v', 'm') THEN pg_get_viewdef(o.oid) END, o.relispopulated,
      (SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = o.oid))
    FROM pg_class o LEFT JOIN pg_am am ON am.oid = o.relam WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND ${own('pg_class')}`,
  columns: `SELECT concat_ws('|', a.attrelid::regclass, row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, a.attcompression, a.attstattarget, a.attacl, a.attoptions, a.attfdwoptions,
      a.attislocal, a.attinhcount, nullif(a.attcollation::regcollation::text, '-'), pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class o ON o.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND o.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${own('pg_class')}`,
  constraints: `SELECT concat_ws('|', nullif(o.conrelid::regclass::text, '-'), o.contypid::regtype, o.conname, o.convalidated, CASE WHEN o.contype = 'c' THEN o.connoinherit END, pg_get_constraintdef(o.oid))
    FROM pg_constraint o WHERE ${own('pg_constraint')}`,
  indexes: `SELECT concat_ws('|', pg_get_indexdef(i.indexrelid), i.indisclustered, i.indisvalid, i.indisreplident, o.reloptions,
      (SELECT spcname FROM pg_tablespace t WHERE t.oid = o.reltablespace)) FROM pg_index i JOIN pg_class o ON o.oid = i.indexrelid WHERE ${own('pg_class', 'i.indrelid')} AND i.indrelid::regclass::text !~ '^pg_toast'`,
  functions: `SELECT concat_ws('|', CASE WHEN o.prokind = 'a' THEN o.oid::regprocedure::text ELSE pg_get_functiondef(o.oid) END, pg_get_userbyid(o.proowner), o.proacl)
    FROM pg_proc o WHERE ${own('pg_proc')}`,
  types: `SELECT concat_ws('|', o.oid::regtype, o.typtype, pg_get_userbyid(o.typowner), o.typacl, o.typnotnull, o.typdefault, nullif(o.typbasetype::regtype::text, '-'),
      (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = o.oid),
      (SELECT rngsubtype::regtype::text FROM pg_range WHERE rngtypid = o.oid)) FROM pg_type o WHERE o.typtype IN ('b', 'd', 'e', 'r', 'c') AND ${own('pg_type')}`,
  operators: `SELECT concat_ws('|', o.oid::regoperator, o.oprcode, pg_get_userbyid(o.oprowner)) FROM pg_operator o WHERE ${own('pg_operator')}`,
  casts: `SELECT concat_ws('|', o.castsource::regtype, o.casttarget::regtype, o.castcontext, o.castmethod) FROM pg_cast o WHERE ${own('pg_cast')}`,
  aggregates: `SELECT concat_ws('|', a.aggfnoid::regprocedure, a.aggtransfn, a.aggtranstype::regtype, a.agginitval) FROM pg_aggregate a WHERE ${own('pg_proc', 'a.aggfnoid::oid')}`,
  rules: `SELECT concat_ws('|', pg_get_ruledef(o.oid), o.ev_enabled) FROM pg_rewrite o WHERE o.rulename <> '_RETURN' AND ${own('pg_rewrite')}`,
  triggers: `SELECT concat_ws('|', pg_get_triggerdef(o.oid), o.tgenabled) FROM pg_trigger o WHERE NOT o.tgisinternal AND ${own('pg_trigger')}`,
  eventTriggers: `SELECT concat_ws('|', evtname, evtevent, evtfoid::regproc, evtenabled, evttags, pg_get_userbyid(evtowner)) FROM pg_event_trigger o WHERE ${own('pg_event_trigger')}`,
  policies: `SELECT concat_ws('|', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check) FROM pg_policies`,
  publications: `SELECT concat_ws('|', p.pubname, pg_get_userbyid(p.pubowner), p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot, t.tables)
    FROM pg_publication p LEFT JOIN LATERAL (SELECT string_agg(concat_ws(' ', schemaname, tablename, attnames, rowfilter), ',' ORDER BY schemaname, tablename) AS tables
      FROM pg_publication_tables WHERE pubname = p.pubname) t ON true`,
  subscriptions: `SELECT concat_ws('|', subname, pg_get_userbyid(subowner), subenabled, subslotname, subpublications) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = current_database()`,
  extensions: `SELECT concat_ws('|', extname, extversion, extnamespace::regnamespace) FROM pg_extension`,
  schemas: `SELECT concat_ws('|', nspname, nspacl, pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'`,
  foreign: `SELECT concat_ws('|', 'wrapper', fdwname, (SELECT array_agg(x ORDER BY x) FROM unnest(fdwoptions) x), fdwacl) FROM pg_foreign_data_wrapper o WHERE ${own('pg_foreign_data_wrapper')}
    UNION ALL SELECT concat_ws('|', 'server', srvname, pg_get_userbyid(srvowner), (SELECT array_agg(x ORDER BY x) FROM unnest(srvoptions) x), srvacl) FROM pg_foreign_server
    UNION ALL SELECT concat_ws('|', 'mapping', srvname, usename, (SELECT array_agg(x ORDER BY x) FROM unnest(umoptions) x)) FROM pg_user_mappings
    UNION ALL SELECT concat_ws('|', 'table', ftrelid::regclass, (SELECT array_agg(x ORDER BY x) FROM unnest(ftoptions) x)) FROM pg_foreign_table`,
  collations: `SELECT concat_ws('|', o.oid::regcollation, collprovider, collcollate, colliculocale, collisdeterministic) FROM pg_collation o WHERE ${own('pg_collation')}`,
  textSearch: `SELECT concat_ws('|', 'configuration', o.oid::regconfig, pg_get_userbyid(cfgowner),
      (SELECT string_agg(concat_ws(' ', maptokentype, mapdict::regdictionary), ',' ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg = o.oid)) FROM pg_ts_config o WHERE ${own('pg_ts_config')}
    UNION ALL SELECT concat_ws('|', 'dictionary', o.oid::regdictionary, dictinitoption) FROM pg_ts_dict o WHERE ${own('pg_ts_dict')}`,
  statistics: `SELECT concat_ws('|', pg_get_statisticsobjdef(o.oid), pg_get_userbyid(stxowner), stxstattarget) FROM pg_statistic_ext o`,
  languages: `SELECT concat_ws('|', lanname, lanacl, pg_get_userbyid(lanowner)) FROM pg_language o WHERE lanname NOT IN ('internal', 'c')`,
  defaultPrivileges: `SELECT concat_ws('|', defaclrole::regrole, nullif(defaclnamespace::regnamespace::text, '-'), defaclobjtype, defaclacl) FROM pg_default_acl`,
  comments: `SELECT concat_ws('|', pg_describe_object(classoid, objoid, objsubid), description) FROM pg_description WHERE objoid >= 16384
    AND classoid NOT IN ('pg_largeobject'::regclass, 'pg_extension'::regclass) AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = classoid AND x.objid = objoid AND x.deptype = 'e')`,
  sequences: `SELECT concat_ws('|', schemaname, sequencename, sequenceowner, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size, last_value,
    (SELECT string_agg(refobjid::regclass || '.' || refobjsubid, ',') FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = to_regclass(format('%I.%I', schemaname, sequencename)) AND deptype IN ('a', 'i'))) FROM pg_sequences
    WHERE (SELECT relpersistence FROM pg_class WHERE oid = to_regclass(format('%I.%I', schemaname, sequencename))) = ANY ($1)`,
  largeObjects: `SELECT concat_ws('|', oid, md5(lo_get(oid)), pg_get_userbyid(lomowner), lomacl, obj_description(oid, 'pg_largeobject')) FROM pg_largeobject_metadata`,
  database: `SELECT concat_ws('|', datname, pg_get_userbyid(datdba), datacl, datconnlimit, datcollate, datctype, datlocprovider, daticulocale, pg_encoding_to_char(encoding),
    shobj_description(d.oid, 'pg_database'), (SELECT spcname FROM pg_tablespace t WHERE t.oid = d.dattablespace)) FROM pg_database d WHERE datname = current_database()`,
  settings: `SELECT concat_ws('|', nullif(setrole::regrole::text, '-'), unnest(setconfig)) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = current_database()`,
  roles: `SELECT concat_ws('|', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil,
    shobj_description(a.oid, 'pg_authid'), (SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = a.oid AND setdatabase = 0),
    (SELECT string_agg(concat_ws(' ', g.rolname, m.admin_option), ',' ORDER BY 1) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid))
    FROM pg_authid a WHERE rolname !~ '^pg_'`,
}

/** Tables whose rows are compared; of a standby's backup not those of unlogged ones. */
const TABLES = `SELECT n.nspname AS schema, o.relname AS name, o.relpersistence = 'u' AS unlogged FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
  WHERE o.relkind IN ('r', 'm') AND o.relispopulated AND ${own('pg_class')}`

export async function fingerprintOf(url: string, {unlogged}: {readonly unlogged: boolean}): Promise<Fingerprint> {
  const client = new Client({connectionString: url})
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(
      `SET ROLE NONE; SET search_path = pg_catalog; SET row_security = off; SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET statement_timeout = 0`,
    )
    const found: Record<string, readonly string[]> = {}
    for (const [topic, sql] of Object.entries(TOPICS)) {
      const {rows} = await client.query<string[]>({
        text: sql,
        rowMode: 'array',
        values: sql.includes('$1') ? [unlogged ? ['p', 'u'] : ['p']] : [],
      })
      found[topic] = rows.map(([text = '']) => text).sort()
    }
    const tables = await client.query<{schema: string; name: string; unlogged: boolean}>(TABLES)
    const contents: string[] = []
    for (const table of tables.rows.filter(each => unlogged || !each.unlogged)) {
      const name = `${quoteName(table.schema)}.${quoteName(table.name)}`
      const {rows} = await client.query<{text: string}>(
        `SELECT concat_ws('|', count(*), md5(coalesce(string_agg((t.*)::text, chr(10) ORDER BY (t.*)::text COLLATE "C"), ''))) AS text FROM ONLY ${name} t`,
      )
      contents.push(`${name} ${rows[0]?.text}`)
    }
    return {...found, contents: contents.sort()}
  } finally {
    await client.end()
  }
}
