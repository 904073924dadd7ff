/**
 * Node's HTTP clients, on first use. Taken as built-in modules and not imported: making their namespace would load
 * everything they could ever need, fetch and WebSocket included, into each process that might send a request.
 */
export const plainHttp = (): typeof import('node:http') => process.getBuiltinModule('node:http')
export const secureHttp = (): typeof import('node:https') => process.getBuiltinModule('node:https')
