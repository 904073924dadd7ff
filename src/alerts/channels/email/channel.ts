import {hostname} from 'node:os'
import type {ConnectionOptions} from 'node:tls'
import type {Channel, ChannelTools} from '../channel.ts'
import {messageOf} from './message.ts'
import type {EmailChannelSpec} from './schema.ts'
import type {SmtpConnection} from './smtp.ts'
import {connectSmtp} from './smtp.ts'
import {readAuthorities} from '../../../connections/authorities.ts'

/** One message a notification, taken by the server for every recipient, or failed. A connection each: they are rare. */
export function openEmailChannel(config: EmailChannelSpec, tools: ChannelTools): Channel {
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const {from, to} = config
      const connection = await openSession(config, tools, signal)
      try {
        await connection.ask(`MAIL FROM:<${from}>`, [250])
        for (const each of to) await connection.ask(`RCPT TO:<${each}>`, [250, 251])
        await connection.ask('DATA', [354])
        const message = messageOf(notification, {from, to, date: new Date()})
        // Base64 and headers of our own have no line that begins with a dot; RFC 5321 doubles it all the same.
        await connection.ask(`${message.replaceAll(/^\./gm, '..')}.`, [250], 'the message')
        await connection.ask('QUIT', [221]).catch(() => undefined)
      } finally {
        connection.close()
      }
    },
  }
}

/** Connected, encrypted as it is wanted, and known to the server. */
async function openSession(
  config: EmailChannelSpec,
  tools: ChannelTools,
  signal: AbortSignal,
): Promise<SmtpConnection> {
  const {host, port, security, user, password, ca} = config
  const encryption: ConnectionOptions = ca === undefined ? {} : {ca: readAuthorities(ca)}
  let connection = await connectSmtp({host, port}, {secure: security === 'tls' ? encryption : undefined, signal})
  try {
    await connection.greeted()
    let abilities = await greet(connection)
    if (security === 'starttls') {
      if (!abilities.includes('STARTTLS')) throw new Error('the mail server has no STARTTLS: nothing was sent')
      await connection.ask('STARTTLS', [220])
      connection = await connection.secured(encryption)
      abilities = await greet(connection)
    }
    if (user !== undefined)
      await authenticate(connection, abilities, {
        user,
        password: password === undefined ? '' : await tools.secret(password),
      })
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

async function greet(connection: SmtpConnection): Promise<readonly string[]> {
  const {lines} = await connection.ask(`EHLO ${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '') || 'localhost'}`, [250])
  return lines.slice(1).map(line => line.toUpperCase())
}

async function authenticate(
  connection: SmtpConnection,
  abilities: readonly string[],
  {user, password}: {readonly user: string; readonly password: string},
): Promise<void> {
  const ways = abilities.find(each => each.startsWith('AUTH '))?.split(' ') ?? []
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  if (ways.includes('PLAIN')) {
    await connection.ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, [235], 'AUTH PLAIN')
    return
  }
  if (!ways.includes('LOGIN')) throw new Error('the mail server takes neither AUTH PLAIN nor LOGIN')
  await connection.ask('AUTH LOGIN', [334])
  await connection.ask(base64(user), [334], 'the user name')
  await connection.ask(base64(password), [235], 'the password')
}
