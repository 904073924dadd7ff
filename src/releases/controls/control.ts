import {isIP} from 'node:net'
import {OpsError} from '../../errors.ts'
import type {TrafficControl} from '../traffic/traffic-control.ts'

/** What users get otherwise than usual for a while: by the load balancer's own rules, or by where it sends requests. */
export type Control =
  | TrafficControl
  | {readonly kind: 'drain'; readonly server: string}
  | {readonly kind: 'weigh'; readonly server: string; readonly percent: number}

export const CONTROLS = ['maintenance', 'pause', 'drain', 'weigh', 'block', 'limit'] as const
export type ControlKind = (typeof CONTROLS)[number]

/** As a person gives it. */
export interface ControlParams {
  readonly control: ControlKind
  readonly server?: string | undefined
  readonly percent?: number | undefined
  readonly address?: string | undefined
  readonly path?: string | undefined
  readonly perSecond?: number | undefined
}

type Of<Kind extends ControlKind> = Extract<Control, {readonly kind: Kind}>

interface ControlText<Of> {
  /** Checked: what it needs is there. Raises `runbook/params`. */
  of(params: ControlParams): Of
  /** What it is about, where there can be several of the kind. */
  about?(control: Of): string
  /** As in "drain of blue-1 until 14:05". */
  words(control: Of): string
  /** What users get while it is on. */
  users(control: Of): string
}

const TEXTS: {readonly [Kind in ControlKind]: ControlText<Of<Kind>>} = {
  maintenance: {
    of: () => ({kind: 'maintenance'}),
    words: () => 'maintenance answer',
    users: () => 'every request is answered 503 with the maintenance page',
  },
  pause: {
    of: () => ({kind: 'pause'}),
    words: () => 'pause of all requests',
    users: () =>
      'every request waits at the load balancer until it ends, or for as long as that lets it wait, and is then answered 503',
  },
  drain: {
    of: ({server}) => ({kind: 'drain', server: needed('drain', 'server', server)}),
    about: ({server}) => server,
    words: ({server}) => `drain of ${server}`,
    users: ({server}) => `the others of its slot answer what ${server} would get; what it holds is finished there`,
  },
  weigh: {
    of: ({server, percent}) => ({
      kind: 'weigh',
      server: needed('weigh', 'server', server),
      percent: needed('weigh', 'percent', percent),
    }),
    about: ({server}) => server,
    words: ({server, percent}) => `${percent} % of its share for ${server}`,
    users: ({server, percent}) => `${server} gets ${percent} % of what it usually gets beside the others of its slot`,
  },
  block: {
    of: params => ({kind: 'block', what: whatOf('block', params)}),
    about: ({what}) => what,
    words: ({what}) => `block of ${what}`,
    users: ({what}) => `${requestsOf(what)} are answered 403`,
  },
  limit: {
    of: params => ({
      kind: 'limit',
      what: whatOf('limit', params),
      perSecond: needed('limit', 'perSecond', params.perSecond),
    }),
    about: ({what}) => what,
    words: ({what, perSecond}) => `limit of ${perSecond}/s for ${what}`,
    users: ({what, perSecond}) =>
      `from each address, more than ${perSecond} a second of ${requestsOf(what)} are answered 429`,
  },
}

const textOf = (kind: ControlKind): ControlText<Control> => TEXTS[kind]

/** Raises `runbook/params`. */
export const controlOf = (params: ControlParams): Control => textOf(params.control).of(params)

/** What it is called in commands and records: `maintenance`, `drain:blue-1`, `block:/export`. One of a name at a time. */
export function idOf(control: Control): string {
  const about = textOf(control.kind).about?.(control)
  return about === undefined ? control.kind : `${control.kind}:${about}`
}

export const controlWords = (control: Control): string => textOf(control.kind).words(control)
export const usersGet = (control: Control): string => textOf(control.kind).users(control)

const requestsOf = (what: string): string =>
  what.startsWith('/') ? `requests whose path begins with ${what}` : `requests from ${what}`

function needed<T>(kind: ControlKind, name: string, value: T | undefined): T {
  if (value === undefined) throw wrong(`${kind} needs ${name}`, `Give -p ${name}=…`)
  return value
}

/** An address, a network or the beginning of a path, in characters that are no others to any load balancer. */
function whatOf(kind: ControlKind, {address, path}: ControlParams): string {
  if ((address === undefined) === (path === undefined))
    throw wrong(`${kind} needs an address or a path, and not both`, 'Give -p address=203.0.113.7 or -p path=/export')
  if (address !== undefined) return checkedAddress(address)
  const given = path ?? ''
  if (!/^\/[A-Za-z0-9._~/%+@:-]+$/.test(given))
    throw wrong(
      `${JSON.stringify(given)} should be the beginning of a path, such as /export`,
      given === '/'
        ? 'For all requests there is maintenance.'
        : 'Letters, digits and . _ ~ / % + @ : - may stand in it.',
    )
  return given
}

/** Networks wider than these are most of the world. */
const WIDEST = {4: 8, 6: 16} as const

function checkedAddress(text: string): string {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  const most = family === 4 ? 32 : 128
  const right =
    family !== 0 && more.length === 0 && !address.includes('%') && (bits === undefined || /^\d{1,3}$/.test(bits))
  if (!right || (bits !== undefined && Number(bits) > most))
    throw wrong(
      `${JSON.stringify(text)} should be an address or a network`,
      'Such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48.',
    )
  const widest = family === 4 ? WIDEST[4] : WIDEST[6]
  if (bits !== undefined && Number(bits) < widest)
    throw wrong(`${text} is wider than /${widest}`, 'For all requests there is maintenance.')
  return text
}

const wrong = (message: string, hint: string): OpsError => new OpsError('runbook/params', message, {hint})
