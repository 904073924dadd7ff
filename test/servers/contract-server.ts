import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface ContractRequest {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: unknown
}

export interface ContractServer {
  readonly origin: string
  readonly received: readonly ContractRequest[]
  stop(): void
}

/** A receiver of JSON for a service that cannot be had in a test: `judge` answers as the service says that it does. */
export async function startContractServer(
  judge: (request: ContractRequest) => readonly [status: number, document: unknown],
): Promise<ContractServer> {
  const received: ContractRequest[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => (text += part))
    request.on('end', () => {
      const {url = '', headers} = request
      const asked = {path: url, authorization: headers.authorization, body: JSON.parse(text) as unknown}
      received.push(asked)
      const [status, document] = judge(asked)
      response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(document))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
