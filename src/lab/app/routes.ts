import type {IncomingMessage} from 'node:http'
import {setTimeout as pause} from 'node:timers/promises'
import type {Cache} from './cache.ts'
import type {Catalogue, NewOrder, Product} from './catalogue.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

const LIST_SECONDS = 30
const ITEM_SECONDS = 300
const SLOW_LIMIT_MS = 30_000
const BODY_LIMIT = 16_384

/** The shop's own pages, without health and faults. */
export function createRoutes(catalogue: Catalogue, cache: Cache) {
  const item = (id: number): Promise<Product | null> =>
    cache.through('product:item', `product:item:${id}`, ITEM_SECONDS, async () => (await catalogue.product(id)) ?? null)

  return async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const session = /(?:^|;\s*)session=([a-z0-9]{1,16})/.exec(request.headers.cookie ?? '')?.[1]
    if (session !== undefined) cache.visit(session)
    if (request.method === 'POST' && url.pathname === '/orders') {
      const order = parseOrder(await bodyOf(request))
      if (order === undefined) return {status: 400, body: {error: 'an order has customer, product and quantity'}}
      const id = await catalogue.order(order)
      cache.forget([`product:item:${order.product}`])
      if (session !== undefined) cache.basket(session, order.product)
      return {status: 201, body: {id}}
    }
    if (request.method !== 'GET') return {status: 405, body: {error: 'method not allowed'}}
    if (url.pathname === '/') return {status: 200, body: {shop: 'lab', pages: ['/products', '/products/1']}}
    if (url.pathname === '/slow') {
      await pause(Math.min(SLOW_LIMIT_MS, Math.max(0, Number(url.searchParams.get('ms') ?? '1000') || 0)))
      return {status: 200, body: {slow: true}}
    }
    if (url.pathname === '/products') {
      const page = Math.min(1000, Math.max(1, Math.trunc(Number(url.searchParams.get('page') ?? '1')) || 1))
      const products = await cache.through('product:list', `product:list:${page}`, LIST_SECONDS, () =>
        catalogue.page(page),
      )
      return {status: 200, body: {page, products}}
    }
    const id = /^\/products\/(\d{1,9})$/.exec(url.pathname)?.[1]
    const product = id === undefined ? null : await item(Number(id))
    return product === null ? {status: 404, body: {error: 'not found'}} : {status: 200, body: product}
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_LIMIT) return ''
  }
  return text
}

export function parseOrder(text: string): NewOrder | undefined {
  try {
    const {customer, product, quantity} = JSON.parse(text) as Record<string, unknown>
    if (![customer, product, quantity].every(value => Number.isInteger(value) && Number(value) > 0)) return undefined
    return {customer: Number(customer), product: Number(product), quantity: Math.min(100, Number(quantity))}
  } catch {
    return undefined
  }
}
