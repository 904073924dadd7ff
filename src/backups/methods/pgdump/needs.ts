import type {Client} from 'pg'
import type {DatabaseProperties, Needs} from '../../manifest.ts'
import {rolesOf} from './database.ts'
import {readDatabaseRoles} from './database-roles.ts'

/** What this database needs of a server. Part of the snapshot's transaction. */
export async function readNeeds(client: Client, properties: DatabaseProperties): Promise<Needs> {
  const roles = await client.query<{name: string; options: string; memberOf: string[]}>(ROLES, [rolesOf(properties)])
  const owners = new Set((await readDatabaseRoles(client)).filter(({owns}) => owns).map(({name}) => name))
  const extensions = await client.query<Needs['extensions'][number]>(
    'SELECT extname AS name, extversion AS version FROM pg_extension WHERE oid >= 16384 ORDER BY 1',
  )
  const tablespaces = await client.query<Needs['tablespaces'][number]>(TABLESPACES)
  const superuser = await client.query<{what: string}>(SUPERUSER)
  return {
    roles: roles.rows.map(role => ({...role, owns: owners.has(role.name)})),
    extensions: extensions.rows,
    tablespaces: tablespaces.rows,
    superuser: superuser.rows.map(({what}) => what),
  }
}

const ROLES = `
  SELECT r.rolname AS name, concat_ws(' ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
    CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END,
    CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
    CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END) AS options,
    ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid ORDER BY 1) AS "memberOf"
  FROM pg_roles r WHERE r.rolname = ANY ($1) ORDER BY 1`

/** Of the database itself, and of the tables and indexes in it. */
const TABLESPACES = `
  SELECT t.spcname AS name, pg_tablespace_location(t.oid) AS location FROM pg_tablespace t
  WHERE t.spcname NOT IN ('pg_default', 'pg_global') AND (t.oid IN (SELECT reltablespace FROM pg_class)
    OR t.oid = (SELECT dattablespace FROM pg_database WHERE datname = current_database()))
  ORDER BY 1`

const OWN = (catalogue: string, oid: string): string =>
  `${oid} >= 16384 AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '${catalogue}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`

/** What comes with an extension is the extension's: whether that may be created is asked of the server. */
const SUPERUSER = `
  SELECT format('event trigger %s', evtname) AS what FROM pg_event_trigger e WHERE ${OWN('pg_event_trigger', 'e.oid')}
  UNION ALL SELECT format('foreign data wrapper %s', fdwname) FROM pg_foreign_data_wrapper f WHERE ${OWN('pg_foreign_data_wrapper', 'f.oid')}
  UNION ALL SELECT format('publication %s for all tables', pubname) FROM pg_publication WHERE puballtables
  UNION ALL SELECT format('function %s in language %s', p.oid::regprocedure, l.lanname)
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE NOT l.lanpltrusted AND ${OWN('pg_proc', 'p.oid')}
  UNION ALL SELECT format('leakproof function %s', p.oid::regprocedure) FROM pg_proc p
    WHERE p.proleakproof AND ${OWN('pg_proc', 'p.oid')}
  UNION ALL SELECT format('language %s', lanname) FROM pg_language l WHERE NOT lanpltrusted AND ${OWN('pg_language', 'l.oid')}
  UNION ALL SELECT format('subscription %s', subname) FROM pg_subscription s
    JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()
  ORDER BY 1`
