import {describe, expect, test} from 'vitest'
import {parseState} from './haproxy.ts'

// The columns that each version of HAProxy writes, in their order, from its management guide (section 9.1) and its
// `show servers state`; the values are ours. What is new stands at the end, what is not read must not matter.

const STAT_1_8 =
  'pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses'
const STAT_2_0 = `${STAT_1_8},wrew,connect,reuse,cache_lookups,cache_hits`
const STAT_2_2 = `${STAT_2_0},srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max`
const STAT_2_4 = `${STAT_2_2},eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,-`
const STAT_2_6 = STAT_2_4.replace(',-', ',agg_server_status,agg_server_check_status,agg_check_status,-')
const STAT_2_8 = STAT_2_6.replace(',-', ',srid,sess_other,h1sess,h2sess,h3sess,req_other,h1req,h2req,h3req,proto,-')
const STAT_3_0 = STAT_2_8.replace(',-', ',priv_idle_cur,-,h2_headers_rcvd,h2_data_rcvd,h3_data')
const STATE_1_8 =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port'
const STATE_2_0 = `${STATE_1_8} srvrecord`
const STATE_2_4 = `${STATE_2_0} srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port`

const VERSIONS = [
  ['1.8', STAT_1_8, STATE_1_8],
  ['2.0', STAT_2_0, STATE_2_0],
  ['2.2', STAT_2_2, STATE_2_0],
  ['2.4', STAT_2_4, STATE_2_4],
  ['2.6', STAT_2_6, STATE_2_4],
  ['2.8', STAT_2_8, STATE_2_4],
  ['3.0', STAT_3_0, STATE_2_4],
] as const

type Values = Readonly<Record<string, string>>
const line = (names: readonly string[], row: Values, none: string): readonly string[] =>
  names.map(name => row[name] ?? none)
const stat = (columns: string, rows: readonly Values[]): string =>
  [`# ${columns},`, ...rows.map(row => `${line(columns.split(','), row, '').join(',')},`)].join('\n')
const state = (columns: string, rows: readonly Values[]): string =>
  ['1', `# ${columns}`, ...rows.map(row => line(columns.split(' '), row, '0').join(' '))].join('\n')

const SERVER = {
  pxname: 'app',
  svname: 'green-1',
  scur: '3',
  status: 'DOWN',
  weight: '1',
  act: '1',
  bck: '0',
  check_status: 'L7STS',
  hrsp_2xx: '90',
  hrsp_5xx: '7',
  // A path with a slash, a percent sign, a comma and a hash, as a check of a foreign application has it.
  last_chk: '"HTTP status check returned code <3C>503<3E>, at /a%20b#c, ""later"" "',
}
const STATE = {
  be_name: 'app',
  srv_name: 'green-1',
  srv_addr: '10.0.0.1',
  srv_port: '8080',
  srv_admin_state: '8',
  srv_uweight: '1',
  srv_fqdn: '-',
  srvrecord: '-',
}

describe.each(VERSIONS)('HAProxy %s', (_version, columns, stateColumns) => {
  const read = (server: Values = {}, more: Values = {}) =>
    parseState(
      'app',
      `${stat(columns, [
        {pxname: 'web', svname: 'FRONTEND', status: 'OPEN'},
        {...SERVER, ...server},
        {pxname: 'app', svname: 'BACKEND', status: 'UP', hrsp_5xx: '9'},
      ])}\n\n${state(stateColumns, [{...STATE, ...more}])}\n\n`,
    )

  test('is read: counters, the check with odd characters, administrative state and address', () => {
    const {servers, unserved} = read()
    expect(unserved).toBe(2)
    expect(servers.get('green-1')).toMatchObject({
      placement: 'draining',
      failing: true,
      check: 'L7STS HTTP status check returned code <3C>503<3E>, at /a%20b#c, "later"',
      sessions: 3,
      responses: 97,
      errors: 7,
      address: '10.0.0.1:8080',
    })
  })

  test.each([
    [{srv_addr: '2001:db8::1'}, '[2001:db8::1]:8080'],
    [{srv_fqdn: 'green.internal'}, undefined],
    [{srv_addr: '-'}, undefined],
  ])('an address of %j is %s', (more, address) => {
    expect(read({}, more).servers.get('green-1')?.address).toBe(address)
  })

  test.each([
    ['MAINT (via app/x)', 'off'],
    ['MAINT (resolution)', 'off'],
    ['DRAIN (agent)', 'draining'],
    ['UP (backup)', 'serving'],
    ['NOLB', 'serving'],
    ['no check', 'serving'],
  ])('%s is %s', (status, placement) => {
    expect(read({status}, {srv_admin_state: '0'}).servers.get('green-1')).toMatchObject({placement, word: status})
  })
})
