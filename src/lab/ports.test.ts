import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {expect, test} from 'vitest'
import {freePorts} from './ports.ts'

test('ports for servers are different, free, and none that the system gives to a client', async () => {
  const ports = await freePorts(50)
  expect(new Set(ports).size).toBe(50)
  const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number)
  // Where the system gives away nearly all of them, there is no choice.
  if (first >= 22_000) expect(ports.filter(port => port >= first && port <= last)).toEqual([])
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ports[0], '127.0.0.1', resolve))
  await new Promise(resolve => server.close(resolve))
})

test('what was given once is given to nobody else while this process lives', async () => {
  const given = (await Promise.all([freePorts(200), freePorts(200), freePorts(200)])).flat()
  expect(new Set(given).size).toBe(given.length)
  const other = spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().once('error', error => console.log(error.code)).listen('\\0opsconsole-port-${given[0]}', () => process.exit())`,
  ])
  expect(String(other.stdout)).toBe(process.platform === 'linux' ? 'EADDRINUSE\n' : '')
})
