import net from 'node:net'

export interface NameServer {
  readonly address: string
  readonly port: number
}

/** `10.0.0.2`, `10.0.0.2:5353`, `::1`, `[::1]:53`. Undefined: it is none of these; a name would need a name server. */
export function parseServer(text: string): NameServer | undefined {
  const match = /^\[(?<bracketed>[^\]]+)\](?::(?<port>\d{1,5}))?$|^(?<plain>[^:]+):(?<plainPort>\d{1,5})$/.exec(text)
  const address = match?.groups?.['bracketed'] ?? match?.groups?.['plain'] ?? text
  const port = Number(match?.groups?.['port'] ?? match?.groups?.['plainPort'] ?? 53)
  return net.isIP(address) > 0 && port > 0 && port <= 65_535 ? {address, port} : undefined
}

/** For people: the port only when it is not the usual one. */
export function writeServer({address, port}: NameServer): string {
  if (port === 53) return address
  return net.isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`
}
