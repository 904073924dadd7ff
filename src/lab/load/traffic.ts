export interface PlannedRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly session: string
  readonly body: string | undefined
  /** Slow on purpose; not part of the latency measurements. */
  readonly slow: boolean
}

export interface Mix {
  /** Share of requests that are slow on purpose, 0..1, and how slow. */
  readonly slow: number
  readonly slowMs: number
}

const PRODUCTS = 500
const PAGES = 25
const SESSIONS = 2000
const CUSTOMERS = 2000

/** The next request of a made-up visitor: mostly product pages, few of them popular, an order now and then. */
export function nextRequest(mix: Mix, random: () => number): PlannedRequest {
  const session = `s${Math.floor(random() * SESSIONS).toString(36)}`
  const get = (path: string, slow = false): PlannedRequest => ({method: 'GET', path, session, body: undefined, slow})
  if (random() < mix.slow) return get(`/slow?ms=${mix.slowMs}`, true)
  const kind = random()
  if (kind < 0.02) {
    const order = {customer: below(CUSTOMERS, random), product: popular(random), quantity: below(3, random)}
    return {method: 'POST', path: '/orders', session, body: JSON.stringify(order), slow: false}
  }
  if (kind < 0.15) return get('/')
  if (kind < 0.45) return get(`/products?page=${Math.ceil(PAGES * random() ** 3) || 1}`)
  return get(`/products/${popular(random)}`)
}

const below = (limit: number, random: () => number): number => 1 + Math.floor(random() * limit)
/** Low numbers are asked for far more often. */
const popular = (random: () => number): number => 1 + Math.floor(PRODUCTS * random() ** 3)
