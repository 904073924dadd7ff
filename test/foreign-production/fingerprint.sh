#!/bin/bash
# Everything that a restore of a database must bring back, as text to compare: fingerprint.sh DATABASE [psql options, e.g. -h 127.0.0.1 -p 5432 -U postgres]
db=$1; shift
opts=("$@"); run() { psql "${opts[@]}" -d "$db" -XAt -v ON_ERROR_STOP=1 "$@"; }
echo "## tables"
run -c "select format('select %L, count(*), md5(coalesce(string_agg(t::text, chr(10) order by t::text),'''')) from %s t', oid::regclass::text, oid::regclass) from pg_class where relkind in ('r','m') and relnamespace::regnamespace::text not in ('pg_catalog','information_schema','pg_toast') order by oid::regclass::text" | while read -r s; do run -c "$s"; done
echo "## lo"; run -c "select oid, md5(lo_get(oid)), pg_get_userbyid(lomowner), lomacl, obj_description(oid,'pg_largeobject') from pg_largeobject_metadata order by 1"
echo "## seq"; run -c "select schemaname, sequencename, last_value, start_value, increment_by from pg_sequences order by 1,2"
echo "## acl"; run -c "select oid::regclass, relkind, relacl, pg_get_userbyid(relowner), relrowsecurity from pg_class where relnamespace::regnamespace::text in ('shop','public') order by oid::regclass::text"
run -c "select nspname, nspacl, pg_get_userbyid(nspowner) from pg_namespace where nspname !~ '^pg_' order by 1"; run -c "select attrelid::regclass, attname, attacl from pg_attribute where attacl is not null and attrelid::regclass::text !~ '^pg_' order by attrelid::regclass::text, 2"
run -c "select proname, proacl, pg_get_userbyid(proowner) from pg_proc where pronamespace::regnamespace::text='shop' and proname='touch'"; run -c "select defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl from pg_default_acl"
echo "## ext"; run -c "select extname, extversion, extnamespace::regnamespace from pg_extension order by 1"
echo "## comments"; run -c "select classoid::regclass, case when classoid='pg_class'::regclass then objoid::regclass::text end, objsubid, description from pg_description where objoid > 16383 and classoid::regclass::text in ('pg_class') order by 1,2,3"
echo "## policies, pubs, triggers, indexes"; run -c "select polname from pg_policy" -c "select pubname from pg_publication" -c "select tgname, tgrelid::regclass from pg_trigger where not tgisinternal order by 1, tgrelid::regclass::text" -c "select indexdef from pg_indexes where schemaname='shop' order by 1" -c "select cfgname, cfgnamespace::regnamespace from pg_ts_config where oid>16383"
echo "## database"; run -c "select datname, pg_get_userbyid(datdba), (select array_agg(a::text order by a::text) from unnest(datacl) a), datconnlimit, datcollate, datctype, pg_encoding_to_char(encoding), shobj_description(oid,'pg_database') from pg_database where datname=current_database()" -c "select setdatabase::text::int > 0 and true, setrole::regrole, setconfig from pg_db_role_setting s join pg_database d on d.oid=s.setdatabase where datname=current_database() order by 2"
