/** One connection keyword of libpq: where its value comes from when the connection string is silent. */
export interface Keyword {
  readonly env?: string
  readonly default?: string
  /** The only values that libpq takes; checked before anything is connected to. */
  readonly values?: readonly string[]
  readonly whole?: true
  /** Accepted and without effect here: libpq features that this console does not have, and that weaken nothing. */
  readonly ignored?: true
}

const SSLMODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const

/** What a session must be able to do to count: libpq's `target_session_attrs`. */
const SESSIONS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const

/**
 * Keywords, variables and defaults of libpq (PostgreSQL documentation, 34.1.2 and 34.15), up to version 17. Anything
 * else is an error, as it is for psql.
 */
export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  service: {env: 'PGSERVICE'},
  host: {env: 'PGHOST'},
  hostaddr: {env: 'PGHOSTADDR'},
  port: {env: 'PGPORT', default: '5432'},
  dbname: {env: 'PGDATABASE'},
  user: {env: 'PGUSER'},
  password: {env: 'PGPASSWORD'},
  passfile: {env: 'PGPASSFILE'},
  channel_binding: {env: 'PGCHANNELBINDING', default: 'prefer', values: ['disable', 'prefer', 'require']},
  connect_timeout: {env: 'PGCONNECT_TIMEOUT', whole: true},
  client_encoding: {env: 'PGCLIENTENCODING', ignored: true},
  options: {env: 'PGOPTIONS'},
  application_name: {env: 'PGAPPNAME'},
  fallback_application_name: {},
  keepalives: {whole: true},
  keepalives_idle: {whole: true},
  keepalives_interval: {whole: true, ignored: true},
  keepalives_count: {whole: true, ignored: true},
  tcp_user_timeout: {whole: true, ignored: true},
  replication: {},
  gssencmode: {env: 'PGGSSENCMODE', default: 'prefer', values: ['disable', 'prefer', 'require']},
  gssdelegation: {env: 'PGGSSDELEGATION', ignored: true},
  gsslib: {env: 'PGGSSLIB', ignored: true},
  krbsrvname: {env: 'PGKRBSRVNAME', ignored: true},
  sslmode: {env: 'PGSSLMODE', default: 'prefer', values: SSLMODES},
  sslnegotiation: {env: 'PGSSLNEGOTIATION', default: 'postgres', values: ['postgres', 'direct']},
  sslcompression: {env: 'PGSSLCOMPRESSION', ignored: true},
  sslcert: {env: 'PGSSLCERT'},
  sslkey: {env: 'PGSSLKEY'},
  sslpassword: {},
  sslcertmode: {env: 'PGSSLCERTMODE', default: 'allow', values: ['disable', 'allow', 'require']},
  sslrootcert: {env: 'PGSSLROOTCERT'},
  sslcrl: {env: 'PGSSLCRL'},
  sslcrldir: {env: 'PGSSLCRLDIR'},
  sslsni: {env: 'PGSSLSNI', default: '1'},
  requirepeer: {env: 'PGREQUIREPEER'},
  require_auth: {env: 'PGREQUIREAUTH'},
  ssl_min_protocol_version: {env: 'PGSSLMINPROTOCOLVERSION', default: 'TLSv1.2', values: TLS_VERSIONS},
  ssl_max_protocol_version: {env: 'PGSSLMAXPROTOCOLVERSION', values: TLS_VERSIONS},
  target_session_attrs: {env: 'PGTARGETSESSIONATTRS', default: 'any', values: SESSIONS},
  load_balance_hosts: {env: 'PGLOADBALANCEHOSTS', default: 'disable', values: ['disable', 'random']},
}

/** Values by keyword: of one string, or of everything that has a say. */
export type Keywords = Readonly<Record<string, string>>
