import {randomFrom} from '../program/random.ts'

/** A kind of database, made anew from each seed. */
export interface Shape {
  readonly name: string
  /** After `CREATE DATABASE NAME`. */
  readonly options?: string
  /** Statements in the new database, as a superuser; `NAME` stands for its quoted name, `ALONE` begins one without a transaction. */
  readonly sql: (pick: Pick) => string
}

/** Random choices of one seed. */
export interface Pick {
  /** A whole number below. */
  readonly below: (limit: number) => number
  /** How many schemas a wide database has. */
  readonly schemas: number
}

export function pickFrom(seed: number, schemas: number): Pick {
  const random = randomFrom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return {below, schemas}
}

/** Roles of the source server; TABLESPACE is at a place of each server's own. */
export const GLOBALS = `
  CREATE ROLE owner_a LOGIN PASSWORD 'test-only'; CREATE ROLE reader_b; CREATE ROLE "weird ""Role; x" CONNECTION LIMIT 3;
  CREATE ROLE admins CREATEDB NOINHERIT; GRANT admins TO owner_a WITH ADMIN OPTION; GRANT reader_b TO "weird ""Role; x";
  ALTER ROLE owner_a SET search_path = "$user", public; ALTER ROLE reader_b SET app.note = 'it''s; \\ so';
  COMMENT ON ROLE owner_a IS E'two\\nlines; and ''quotes'''; ALTER ROLE reader_b VALID UNTIL '2031-01-01 00:00:00+00'`
export const TABLESPACE = 'fast disk'

const rows = ({below}: Pick): number => 20 + below(400)
const NASTY = [`a''b`, 'tab\there', 'new\nline', '\\N', '\\.', '$$;--', 'ü€😀', '', ' ']
const owners = (names: readonly string[]): string =>
  names.map(name => `ALTER TABLE ${name} OWNER TO owner_a; GRANT SELECT ON ${name} TO reader_b`).join(';')

export const SHAPES: readonly Shape[] = [
  {
    name: 'a shop',
    sql: pick => `CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE SCHEMA shop AUTHORIZATION owner_a;
      CREATE TYPE shop.state AS ENUM ('new', 'paid'); CREATE DOMAIN shop.email AS citext CHECK (VALUE ~ '@');
      CREATE TABLE shop.customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail shop.email UNIQUE, attrs hstore, note text);
      CREATE TABLE shop.orders (id bigserial PRIMARY KEY, customer bigint REFERENCES shop.customer, state shop.state, total numeric(12,2), tags text[], period tstzrange);
      CREATE INDEX ON shop.customer USING gin (note gin_trgm_ops);
      INSERT INTO shop.customer (mail, attrs, note) SELECT 'u' || i || '@x', hstore('k', i::text), md5(i::text) FROM generate_series(1, ${rows(pick)}) i;
      INSERT INTO shop.orders (customer, state, total, tags, period) SELECT id, 'paid', id / 7.0, ARRAY['a', NULL], tstzrange('2026-01-01', NULL) FROM shop.customer;
      CREATE MATERIALIZED VIEW shop.top AS SELECT customer, sum(total) FROM shop.orders GROUP BY 1; ${owners(['shop.customer', 'shop.orders'])}`,
  },
  {
    name: 'odd names and values',
    sql: pick => `CREATE SCHEMA "Sales & ""Ops"""; CREATE TABLE "Sales & ""Ops""".""" x" ("r" text, "r.*" text, "B c%" int);
      CREATE TABLE "new\nline" (id int); CREATE TABLE nocolumns (); INSERT INTO nocolumns DEFAULT VALUES; CREATE TABLE "select" ("from" text);
      INSERT INTO "Sales & ""Ops""".""" x" SELECT v, v || g, g FROM unnest(ARRAY[${NASTY.map(text => `'${text}'`).join(',')}]) v, generate_series(1, ${1 + pick.below(20)}) g;
      COMMENT ON TABLE "select" IS 'it''s; "quoted" --\ntwo lines'; CREATE VIEW "V ""1" AS SELECT "r.*" FROM "Sales & ""Ops""".""" x"`,
  },
  {
    name: 'extensions in schemas of their own',
    sql: () => `CREATE SCHEMA ext; CREATE EXTENSION pgcrypto SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext; CREATE EXTENSION btree_gist SCHEMA ext; CREATE EXTENSION "uuid-ossp" SCHEMA ext;
      CREATE EXTENSION intarray; CREATE EXTENSION ltree; CREATE TABLE t (id uuid PRIMARY KEY DEFAULT ext.uuid_generate_v4(), h ext.hstore, path ltree, n int[]);
      INSERT INTO t (h, path, n) SELECT ext.hstore('k', g::text), ('a.b' || g)::ltree, ARRAY[g, g] FROM generate_series(1, 50) g; CREATE INDEX ON t USING gist (path);
      CREATE TABLE booked (room int, during tsrange, EXCLUDE USING gist (room WITH OPERATOR(pg_catalog.=), during WITH &&))`,
  },
  {
    name: 'owners and privileges',
    sql: () => `CREATE SCHEMA a AUTHORIZATION owner_a; GRANT USAGE ON SCHEMA a TO reader_b, "weird ""Role; x"; CREATE TABLE a.t (id int, secret text); ALTER TABLE a.t OWNER TO owner_a;
      GRANT SELECT (id), UPDATE (secret) ON a.t TO "weird ""Role; x"; GRANT ALL ON a.t TO admins WITH GRANT OPTION; REVOKE TRUNCATE ON a.t FROM owner_a;
      ALTER DEFAULT PRIVILEGES FOR ROLE owner_a IN SCHEMA a GRANT SELECT ON TABLES TO reader_b; ALTER DEFAULT PRIVILEGES FOR ROLE owner_a REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
      CREATE FUNCTION a.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'; REVOKE ALL ON FUNCTION a.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION a.f() TO reader_b;
      REVOKE CONNECT, TEMPORARY ON DATABASE NAME FROM PUBLIC; GRANT CONNECT ON DATABASE NAME TO reader_b, owner_a WITH GRANT OPTION; GRANT CREATE ON DATABASE NAME TO "weird ""Role; x";
      ALTER DATABASE NAME OWNER TO owner_a; REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE TYPE a.e AS ENUM ('x'); REVOKE USAGE ON TYPE a.e FROM PUBLIC; REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC`,
  },
  {
    name: 'tablespaces',
    options: `TABLESPACE "${TABLESPACE}"`,
    sql: pick => `CREATE TABLE here (id int PRIMARY KEY); CREATE TABLE there (id int PRIMARY KEY USING INDEX TABLESPACE pg_default) TABLESPACE pg_default;
      CREATE INDEX elsewhere ON there (id) TABLESPACE "${TABLESPACE}"; CREATE TABLE parts (id int) PARTITION BY LIST (id) TABLESPACE pg_default; CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1) TABLESPACE pg_default;
      INSERT INTO here SELECT generate_series(1, ${rows(pick)}); INSERT INTO there TABLE here; INSERT INTO parts VALUES (1)`,
  },
  {
    name: 'large objects',
    sql: pick => `SELECT lo_from_bytea(0, decode(repeat(md5(i::text), ${1 + pick.below(3000)}), 'hex')) FROM generate_series(1, 8) i; SELECT lo_create(0);
      DO $$ DECLARE o oid; fd int; BEGIN FOR o IN SELECT oid FROM pg_largeobject_metadata LOOP EXECUTE format('ALTER LARGE OBJECT %s OWNER TO owner_a', o);
        EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO reader_b', o); EXECUTE format('COMMENT ON LARGE OBJECT %s IS %L', o, 'scan; it''s ' || o); END LOOP;
        o := lo_create(0); fd := lo_open(o, 131072); PERFORM lo_lseek64(fd, 100000, 0); PERFORM lowrite(fd, 'after a hole'); END $$`,
  },
  {
    name: 'partitions',
    sql: pick => `CREATE TABLE m (id int, at date, what text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE m_old PARTITION OF m FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
      CREATE TABLE m_new PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY HASH (id); CREATE TABLE m_new_0 PARTITION OF m_new FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE m_new_1 (what text, gone int, at date NOT NULL, id int NOT NULL); ALTER TABLE m_new_1 DROP COLUMN gone; ALTER TABLE m_new ATTACH PARTITION m_new_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE TABLE m_rest PARTITION OF m DEFAULT; INSERT INTO m SELECT g, date '2025-12-01' + g, md5(g::text) FROM generate_series(1, ${rows(pick)}) g; CREATE INDEX ON m (what);
      CREATE TABLE l (k text, v int) PARTITION BY LIST (lower(k)); CREATE TABLE l_ab PARTITION OF l FOR VALUES IN ('a', 'b'); CREATE TABLE l_null PARTITION OF l FOR VALUES IN (NULL); INSERT INTO l VALUES ('A', 1), (NULL, 2)`,
  },
  {
    name: 'row security',
    sql: () => `CREATE TABLE s (id int, owner text); ALTER TABLE s ENABLE ROW LEVEL SECURITY; ALTER TABLE s FORCE ROW LEVEL SECURITY; ALTER TABLE s OWNER TO owner_a; INSERT INTO s VALUES (1, 'x'), (2, 'y');
      CREATE POLICY mine ON s USING (owner = current_user) WITH CHECK (owner <> 'z'); CREATE POLICY none ON s AS RESTRICTIVE FOR SELECT TO reader_b, "weird ""Role; x" USING (id > 0);
      CREATE POLICY del ON s FOR DELETE TO admins USING (EXISTS (SELECT FROM s o WHERE o.id = s.id))`,
  },
  {
    name: 'unlogged and foreign tables',
    sql: pick => `CREATE UNLOGGED TABLE sessions (id serial PRIMARY KEY, v text); INSERT INTO sessions (v) SELECT md5(g::text) FROM generate_series(1, ${rows(pick)}) g;
      CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '192.0.2.1', dbname 'x'); ALTER SERVER elsewhere OWNER TO owner_a; GRANT USAGE ON FOREIGN SERVER elsewhere TO reader_b;
      CREATE USER MAPPING FOR owner_a SERVER elsewhere OPTIONS (user 'u', password 'p;''q'); CREATE USER MAPPING FOR PUBLIC SERVER elsewhere;
      CREATE FOREIGN TABLE remote (id int OPTIONS (column_name 'ID'), at date NOT NULL) SERVER elsewhere OPTIONS (table_name 'r;t'); GRANT SELECT ON remote TO reader_b; CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)`,
  },
  {
    name: 'many schemas',
    sql: pick => `DO $$ BEGIN FOR i IN 1..${pick.schemas} LOOP EXECUTE format('CREATE SCHEMA tenant_%s; CREATE TABLE tenant_%s.t (id int PRIMARY KEY, v text DEFAULT %L)', i, i, 'x');
      EXECUTE format('INSERT INTO tenant_%s.t SELECT g, g * %s FROM generate_series(1, 3) g', i, i); IF i % 100 = 0 THEN COMMIT; END IF; END LOOP; END $$`,
  },
  {
    name: 'sequences',
    sql: pick => `CREATE SEQUENCE "Odd Seq" START 1000000; SELECT nextval('"Odd Seq"'); CREATE SEQUENCE down INCREMENT -${1 + pick.below(9)} MINVALUE -100000 MAXVALUE 10 START 10; SELECT nextval('down') FROM generate_series(1, 5);
      CREATE SEQUENCE turn AS smallint MAXVALUE 3 CYCLE; SELECT nextval('turn') FROM generate_series(1, 5); CREATE SEQUENCE fresh; CREATE SEQUENCE set_only; SELECT setval('set_only', 77, false); CREATE UNLOGGED SEQUENCE loose CACHE 20; SELECT nextval('loose');
      CREATE TABLE i (a int GENERATED BY DEFAULT AS IDENTITY (START 50 INCREMENT 5), b serial, c bigint GENERATED ALWAYS AS IDENTITY); INSERT INTO i (a) SELECT g FROM generate_series(1, 9) g; ALTER SEQUENCE fresh OWNED BY i.a; GRANT USAGE ON SEQUENCE down TO reader_b`,
  },
  {
    name: 'types of its own',
    sql: () => `CREATE TYPE pair AS (a int, b text); CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi); CREATE DOMAIN positive AS int NOT NULL DEFAULT 1 CHECK (VALUE > 0); CREATE DOMAIN nested AS positive CHECK (VALUE < 100); CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'ok';
      CREATE TABLE t (id int, p pair, ps pair[], s span, d nested, g int GENERATED ALWAYS AS (id * 2) STORED, m text COLLATE "C"); INSERT INTO t (id, p, ps, s, d) SELECT x, (x, 'b')::pair, ARRAY[(x, NULL)::pair], span(x, x + 1), 5 FROM generate_series(1, 30) x;
      CREATE FUNCTION add(pair, pair) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ($1).a + ($2).a, ($1).b'; CREATE OPERATOR + (LEFTARG = pair, RIGHTARG = pair, FUNCTION = add); CREATE AGGREGATE total (pair) (SFUNC = add, STYPE = pair, INITCOND = '(0,)');
      CREATE FUNCTION as_pair(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT $1, NULL::text'; CREATE CAST (int AS pair) WITH FUNCTION as_pair(int); CREATE COLLATION german (provider = icu, locale = 'de', deterministic = false)`,
  },
  {
    name: 'triggers and rules',
    sql: () => `CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := NEW.id + 1; RETURN NEW; END $$; CREATE TABLE t (id int); CREATE TABLE log (id int); CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION bump();
      CREATE TRIGGER never AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.id > 5) EXECUTE FUNCTION bump(); ALTER TABLE t DISABLE TRIGGER never; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bump(); ALTER TABLE log ENABLE REPLICA TRIGGER late;
      INSERT INTO t SELECT generate_series(1, 20); CREATE RULE copy AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.id); ALTER TABLE t ENABLE ALWAYS TRIGGER b;
      CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF tg_tag = 'DROP TABLE' THEN RAISE 'keep it'; END IF; END $$; CREATE EVENT TRIGGER guard ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE FUNCTION note(); ALTER EVENT TRIGGER guard ENABLE ALWAYS`,
  },
  {
    name: 'publications',
    sql: () => `CREATE TABLE a (id int PRIMARY KEY, v text, w int); CREATE TABLE b (id int NOT NULL); CREATE UNIQUE INDEX b_id ON b (id); ALTER TABLE b REPLICA IDENTITY USING INDEX b_id; ALTER TABLE a REPLICA IDENTITY FULL; CREATE SCHEMA p; CREATE TABLE p.c (id int); ALTER TABLE p.c REPLICA IDENTITY NOTHING;
      INSERT INTO a SELECT g, 'v', g FROM generate_series(1, 20) g; CREATE PUBLICATION part FOR TABLE a (id, v) WHERE (id > 5), b WITH (publish = 'insert, update'); CREATE PUBLICATION every FOR ALL TABLES; CREATE PUBLICATION one FOR TABLES IN SCHEMA p; ALTER PUBLICATION part OWNER TO postgres;
      ALONE CREATE SUBSCRIPTION idle CONNECTION 'host=192.0.2.1 dbname=x' PUBLICATION far WITH (connect = false, slot_name = NONE)`,
  },
  {
    name: 'settings of the database',
    options: 'CONNECTION LIMIT 17',
    sql: pick => `CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, ${rows(pick)}); COMMENT ON DATABASE NAME IS E'it''s \\\\ a\\nshop'; ALTER DATABASE NAME SET search_path = "Odd path", public, "$user"; ALTER DATABASE NAME SET statement_timeout = '61s';
      ALTER DATABASE NAME SET app.key = 'a;''b'; ALTER ROLE owner_a IN DATABASE NAME SET work_mem = '8MB'; ALTER ROLE "weird ""Role; x" IN DATABASE NAME SET search_path = ''; ALTER DATABASE NAME SET DateStyle = 'SQL, DMY'; ALTER DATABASE NAME SET TimeZone = 'Europe/Vienna'; ALTER DATABASE NAME SET log_statement = 'ddl'; ALTER DATABASE NAME SET default_transaction_read_only = on`,
  },
  {
    name: 'functions in indexes',
    sql: () => `CREATE TABLE rates (cur text PRIMARY KEY, r numeric); INSERT INTO rates VALUES ('eur', 1.1); CREATE FUNCTION rate(text) RETURNS numeric LANGUAGE sql IMMUTABLE SET search_path = public AS 'SELECT r FROM rates WHERE cur = $1';
      CREATE TABLE orders (id int, cur text, CHECK (rate(cur) > 0)); INSERT INTO orders VALUES (1, 'eur'); CREATE INDEX ON orders (rate(cur)); CREATE STATISTICS st ON (lower(cur)), id FROM orders; CREATE INDEX ON orders ((id::text || cur)) INCLUDE (id) WHERE id > 0;
      CREATE FUNCTION body() RETURNS int BEGIN ATOMIC SELECT count(*)::int FROM public.orders; END; CREATE PROCEDURE p(INOUT x int) LANGUAGE plpgsql AS 'BEGIN x := x + 1; END'`,
  },
  {
    name: 'inheritance and constraints',
    sql: () => `CREATE TABLE base (id int PRIMARY KEY, gone int, v text DEFAULT 'd' || now()::date); ALTER TABLE base DROP COLUMN gone; CREATE TABLE child (extra int) INHERITS (base); CREATE TABLE grand (v text) INHERITS (child); INSERT INTO base (id, v) VALUES (1, 'b'); INSERT INTO child VALUES (2, 'c', 3); INSERT INTO grand VALUES (4, 'g', 5);
      CREATE TABLE x (id int PRIMARY KEY, y int); CREATE TABLE y (id int PRIMARY KEY, x int REFERENCES x DEFERRABLE INITIALLY DEFERRED); ALTER TABLE x ADD FOREIGN KEY (y) REFERENCES y ON DELETE SET NULL; BEGIN; INSERT INTO y VALUES (1, 1); INSERT INTO x VALUES (1, 1); COMMIT; INSERT INTO x VALUES (9, NULL);
      ALTER TABLE x ADD CONSTRAINT later CHECK (id < 5) NOT VALID; ALTER TABLE base ADD CONSTRAINT only_here CHECK (id > 0) NO INHERIT; CREATE TABLE nd (a int, b int, UNIQUE NULLS NOT DISTINCT (a, b)); INSERT INTO nd VALUES (1, NULL)`,
  },
  {
    name: 'another encoding',
    options: `TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    sql: () =>
      `CREATE TABLE t (id int, v text); INSERT INTO t SELECT g, chr(160 + g) FROM generate_series(1, 95) g; CREATE TABLE "Größe" (id int); CREATE TEXT SEARCH CONFIGURATION mine (COPY = english); ALTER TEXT SEARCH CONFIGURATION mine OWNER TO owner_a; CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english); ALTER TEXT SEARCH CONFIGURATION mine ALTER MAPPING FOR asciiword WITH plain, english_stem`,
  },
  {
    name: 'every kind of value',
    options: `TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'`,
    sql: pick => `CREATE TABLE v (b bool, s int2, l int8, r real, d float8, n numeric, mo money, c char(5), t text, by bytea, da date, ts timestamp, tz timestamptz, ti time, tt timetz, iv interval, j json, jb jsonb, x xml, u uuid, i4 inet, ci cidr, ma macaddr, bi bit(5), vb varbit, po point, bo box, r4 int4range, mr int4multirange, tv tsvector, tq tsquery, a2 int[][], oi oid, ls pg_lsn);
      INSERT INTO v VALUES (true, -32768, 9223372036854775807, '-Infinity', 1e-300, 'NaN', 12.5, 'x', E'\\u00fc\\n', '\\x00ff', '-infinity', 'infinity', '0044-03-15 00:00:00+00 BC', '24:00', '12:00+14', '-1 mon 2 days -0.000001', '{"a": 1.0, "a": 2}', '{"n": 1.000}', '<a>é</a>', gen_random_uuid(), '::1/64', '10.0.0.0/8', '08:00:2b:01:02:03', '10101', '1', '(1,-0)', '((0,0),(1,1))', '[1,5)', '{[1,2),[4,)}', 'a:1A b', 'a & !b', '[0:1][2:3]={{1,2},{3,NULL}}', 4294967295, '0/16B3748'); INSERT INTO v (b) VALUES (NULL);
      CREATE TABLE toasted (id int, v text); ALTER TABLE toasted ALTER v SET STORAGE EXTERNAL; INSERT INTO toasted SELECT g, repeat(md5(g::text), ${200 + pick.below(3000)}) FROM generate_series(1, 20) g; CREATE TABLE wide (${Array.from({length: 400}, (_, at) => `c${at} int`).join(', ')}); INSERT INTO wide DEFAULT VALUES`,
  },
  {
    name: 'views, comments and storage',
    sql: () => `CREATE TABLE t (id int PRIMARY KEY, v text) WITH (fillfactor = 70, autovacuum_enabled = off); ALTER TABLE t ALTER v SET STATISTICS 77, ALTER v SET COMPRESSION pglz, ALTER v SET (n_distinct = 5); INSERT INTO t SELECT g, 'v' || g % 7 FROM generate_series(1, 99) g; CREATE INDEX t_v ON t (v) WITH (fillfactor = 60); CLUSTER t USING t_v;
      CREATE VIEW a WITH (security_barrier) AS SELECT id, v FROM t WHERE id < 50 WITH CHECK OPTION; CREATE VIEW b AS SELECT a.v, count(*) OVER (PARTITION BY a.v) FROM a; CREATE MATERIALIZED VIEW m AS SELECT v, count(*) FROM b GROUP BY v; CREATE UNIQUE INDEX ON m (v); CREATE MATERIALIZED VIEW empty AS SELECT * FROM m WITH NO DATA; CREATE RECURSIVE VIEW r (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 5;
      COMMENT ON COLUMN t.v IS 'col'; COMMENT ON INDEX t_v IS 'idx'; COMMENT ON VIEW a IS 'view'; COMMENT ON CONSTRAINT t_pkey ON t IS 'key'; COMMENT ON SCHEMA public IS 'ours'; ALTER VIEW a OWNER TO owner_a; GRANT SELECT ON t TO owner_a; ALTER VIEW a ALTER v SET DEFAULT 'x'`,
  },
]
