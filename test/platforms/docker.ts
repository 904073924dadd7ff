import {serveStandIn} from './stand-in.ts'

/**
 * `docker network inspect|connect|disconnect`, after https://docs.docker.com/reference/cli/docker/network/. Not Docker. Its words are
 * from github.com/moby/moby, behind the `Error response from daemon: ` that issues there show:
 * - connected before: `CreateEndpoint` of daemon/libnetwork/network.go, by the name of the container
 * - not connected: `disconnectFromNetwork` of daemon/container_operations.go, by the id; of a container that does not run
 *   `DisconnectFromNetwork` there says "to the network" instead
 * - an unknown command: printed by Docker 28.2.2 itself, with exit code 1
 * - own words: a connection without an alias, which Docker would make
 */
const endpoint = (name: string) => ({
  Name: name,
  EndpointID: '00'.repeat(32),
  MacAddress: '02:42:ac:12:00:02',
  IPv4Address: '172.18.0.2/16',
  IPv6Address: '',
})

serveStandIn({connected: ['shop-proxy-1', 'shop-web-blue-1']}, (args, world) => {
  const [noun, verb] = args
  const [network, container] = args.slice(-2)
  if (noun !== 'network') return {stderr: `docker: unknown command: docker ${noun}\n`, code: 1}
  if (verb === 'inspect') {
    const entries = world.connected.map(name => [`id-of-${name}`, endpoint(name)])
    return {
      stdout: `${JSON.stringify([{Name: 'edge', Scope: 'local', Driver: 'bridge', Containers: Object.fromEntries(entries)}])}\n`,
    }
  }
  const isThere = world.connected.includes(container ?? '')
  if (verb === 'connect') {
    if (isThere)
      return {
        stderr: `Error response from daemon: endpoint with name ${container} already exists in network ${network}\n`,
        code: 1,
      }
    if (!args.includes('--alias')) return {stderr: 'the proxy would not find it\n', code: 1}
    world.connected.push(container ?? '')
    return {}
  }
  if (!isThere)
    return {
      stderr: `Error response from daemon: container id-of-${container} is not connected to network ${network}\n`,
      code: 1,
    }
  world.connected = world.connected.filter(name => name !== container)
  return {}
})
