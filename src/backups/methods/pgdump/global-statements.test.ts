import {expect, test} from 'vitest'
import {missingNames, missingStatements, parseGlobals, relocated} from './global-statements.ts'

const TEXT = String.raw`--
-- PostgreSQL database cluster dump; not a statement
--

\restrict zIEjF1AeTqdcUA6p1h3w

SET default_transaction_read_only = off;
SET standard_conforming_strings = on;
CREATE ROLE a;
ALTER ROLE a WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:x==$y=:z=' VALID UNTIL '2030-01-01 00:00:00+00';
COMMENT ON ROLE a IS E'it''s
new; line \\ \' back';
CREATE ROLE "b ""q; x";
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER LOGIN;
ALTER ROLE a SET "app.k" TO 'semi;colon''s -- no comment';
GRANT a TO c GRANTED BY stranger;
GRANT "b ""q; x" TO a WITH ADMIN OPTION GRANTED BY postgres;
GRANT pg_monitor TO postgres GRANTED BY postgres;
GRANT SET ON PARAMETER log_statement TO a;
CREATE TABLESPACE "t s" OWNER a LOCATION '/srv/ts 1';
ALTER TABLESPACE "t s" SET (random_page_cost=2);
REVOKE ALL ON TABLESPACE "t s" FROM PUBLIC;
GRANT ALL ON TABLESPACE "t s" TO c;
COMMENT ON TABLESPACE "t s" IS 'hey';
\unrestrict zIEjF1AeTqdcUA6p1h3w
`
const statements = parseGlobals(TEXT)

test('the text of pg_dumpall is read by its statements, whatever the quotes hold', () => {
  expect(statements.map(({kind}) => kind).join(' ')).toBe(
    'session session role role role role role role role membership membership membership parameter tablespace tablespace tablespace tablespace tablespace',
  )
  expect(statements[4]?.sql).toContain(String.raw`new; line \\ \' back'`)
  expect(statements[5]).toMatchObject({kind: 'role', role: 'b "q; x'})
  expect(statements[10]).toMatchObject({kind: 'membership', role: 'b "q; x', member: 'a'})
  expect(() => parseGlobals("CREATE ROLE a; COMMENT ON ROLE a IS 'cut")).toThrow('in the middle of a statement')
})

test('only what is missing is made; what is there keeps its password, settings and memberships', () => {
  const there = {roles: ['postgres', 'a', 'c', 'pg_monitor'], tablespaces: ['t s']}
  expect(missingNames(statements, there)).toEqual({roles: ['b "q; x'], tablespaces: []})
  expect(missingStatements(statements, there)).toEqual({
    roles: ['CREATE ROLE "b ""q; x"', 'GRANT "b ""q; x" TO a WITH ADMIN OPTION GRANTED BY postgres'],
    tablespaces: [],
  })
  expect(missingStatements(statements, {...there, roles: [...there.roles, 'b "q; x']})).toEqual({
    roles: [],
    tablespaces: [],
  })
})

test('on an empty server everything is made, but for what every server has; an unknown grantor is left out', () => {
  const {roles, tablespaces} = missingStatements(statements, {roles: ['postgres', 'pg_monitor'], tablespaces: []})
  expect(roles).toHaveLength(8)
  expect(roles).toContain('GRANT a TO c')
  expect(roles.join()).not.toContain('ROLE postgres')
  expect(tablespaces).toHaveLength(5)
})

test('a tablespace can be made at another place', () => {
  const [create = '', alter = ''] = missingStatements(statements, {roles: [], tablespaces: []}).tablespaces
  expect(relocated(create, "'/tmp/$&'")).toBe(`CREATE TABLESPACE "t s" OWNER a LOCATION '/tmp/$&'`)
  expect(relocated(alter, "'/tmp'")).toBe(alter)
})
