/** What haproxy.cfg needs for emergency traffic controls, by the section that it belongs to. */
export interface ControlLines {
  readonly global: string
  /** At the beginning of the frontend: the first that applies answers. */
  readonly frontend: string
  /** Sections of their own. */
  readonly others: string
  /** The program of the pause, a file of its own. */
  readonly lua: string
}

/** The same as in docs/releases.md, with another directory. */
export const controlLines = (directory: string): ControlLines => ({
  global: `.if feature(LUA)
  lua-load ${directory}/pause.lua
.endif`,
  frontend: `http-request deny deny_status 403 if { src,map_ip(${directory}/blocked-addresses.map) -m found }
  http-request deny deny_status 403 if { path,map_beg(${directory}/blocked-paths.map) -m found }
  http-request set-var(txn.limit) src,map_ip_int(${directory}/limited-addresses.map)
  http-request set-var(txn.limit) path,map_beg_int(${directory}/limited-paths.map) unless { var(txn.limit) -m found }
  http-request track-sc0 src table controls if { var(txn.limit) -m found }
  http-request deny deny_status 429 if { var(txn.limit) -m found } { sc_http_req_rate(0,controls),sub(txn.limit) gt 0 }
  http-request return status 503 content-type text/html file ${directory}/maintenance.html hdr Retry-After 60 if { str(on),map_str(${directory}/maintenance.map) -m found }
.if feature(LUA)
  http-request lua.pause
  http-request return status 503 hdr Retry-After 5 if { var(txn.paused_too_long) -m bool }
.endif`,
  others: `backend controls
  stick-table type ipv6 size 100k expire 10s store http_req_rate(1s)`,
  lua: `local paused = Map.new('${directory}/paused.map', Map._str)
local LONGEST_SECONDS = 30

core.register_action('pause', {'http-req'}, function(txn)
  local waited = 0
  while paused:lookup('on') do
    if waited >= LONGEST_SECONDS then
      txn:set_var('txn.paused_too_long', true)
      return
    end
    core.msleep(50)
    waited = waited + 0.05
  end
end)
`,
})

/** Files that must be there before HAProxy starts; empty. */
export const CONTROL_MAPS = [
  'maintenance',
  'paused',
  'blocked-addresses',
  'blocked-paths',
  'limited-addresses',
  'limited-paths',
].map(name => `${name}.map`)
