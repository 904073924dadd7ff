import {describe, expect, test} from 'vitest'
import {definitionsOf, publicationsOf, requireTables, rowsOf} from './contents.ts'
import {nearTables, parseTables, showTable} from './table-name.ts'

describe('names of tables', () => {
  test.each([
    ['public.orders', [{schema: 'public', name: 'orders'}]],
    ['Public.Orders', [{schema: 'public', name: 'orders'}]],
    ['"Public"."Orders"', [{schema: 'Public', name: 'Orders'}]],
    ['"A.b"."x""y"', [{schema: 'A.b', name: 'x"y'}]],
    [
      'sales."Order, 2026" , public.a',
      [
        {schema: 'sales', name: 'Order, 2026'},
        {schema: 'public', name: 'a'},
      ],
    ],
    ['public.a,public.a', [{schema: 'public', name: 'a'}]],
    ['öl.fässer', [{schema: 'öl', name: 'fässer'}]],
  ])('%s', (text, tables) => {
    expect(parseTables(text)).toEqual(tables)
    expect(parseTables(tables.map(showTable).join(','))).toEqual(tables)
  })

  test.each([
    '',
    ' ',
    'orders',
    'public.',
    '.orders',
    'a.b.c',
    'public.orders,',
    '"a.b',
    'a.b c.d',
    '""."x"',
    'a.b;--',
  ])('%j is refused', text => {
    if (text === 'a.b;--') expect(parseTables(text)).toEqual([{schema: 'a', name: 'b;--'}])
    else expect(() => parseTables(text)).toThrow('should be a schema and a name')
  })

  test('near ones: in other letters, in another schema, spelt alike', () => {
    const known = parseTables('public."Orders",sales.orders,public.customers')
    expect(nearTables({schema: 'public', name: 'orders'}, known)).toEqual(['public."Orders"', 'sales.orders'])
    expect(nearTables({schema: 'public', name: 'custmers'}, known)).toEqual(['public.customers'])
    expect(nearTables({schema: 'x', name: 'nothing_like_it'}, known)).toEqual([])
  })
})

const LIST = `;
; Archive created at 2026-11-27 14:00:00 UTC
;
215; 1259 16390 TABLE public orders postgres
216; 1259 16400 TABLE public order items postgres
217; 1259 16410 VIEW public big_orders postgres
218; 1259 16411 MATERIALIZED VIEW public busy postgres
3400; 0 16390 TABLE DATA public orders postgres
3401; 0 16400 TABLE DATA public order items postgres
3402; 0 16411 MATERIALIZED VIEW DATA public busy postgres
3403; 0 0 SEQUENCE SET public orders_id_seq postgres
3404; 2613 5 BLOB - 5 postgres
3405; 0 0 BLOBS - BLOBS 
3406; 2606 16500 FK CONSTRAINT public items items_order_fkey postgres
3407; 3466 16600 EVENT TRIGGER - audit postgres
3408; 0 0 COMMENT - EVENT TRIGGER audit postgres
3409; 6104 16700 PUBLICATION - all postgres
3410; 0 0 ACL public TABLE orders postgres
`

describe('the list of an archive', () => {
  const numbers = (list: string): readonly string[] => [...list.matchAll(/^(\d+);/gm)].map(([, id = '']) => id)

  test('has definitions, of which none is a row or takes a superuser', () => {
    expect(numbers(definitionsOf(LIST))).toEqual(['215', '216', '217', '218', '3403', '3406', '3410'])
  })

  test('and rows of one table, also where its name has spaces', () => {
    expect(numbers(rowsOf(LIST, parseTables('public.orders')))).toEqual(['3400'])
    expect(numbers(rowsOf(LIST, parseTables('public."order items"')))).toEqual(['3401'])
  })

  test('and the publications that name a table', () => {
    const published = `${LIST}3411; 6106 16900 PUBLICATION TABLE public the web orders postgres\n`
    const [orders] = parseTables('public.orders')
    expect(publicationsOf(published, parseTables('public.orders,public.a'))).toEqual([{table: orders, name: 'the web'}])
    expect(publicationsOf(LIST, parseTables('public.orders'))).toEqual([])
  })

  test('what is no table in it is refused, with what was probably meant', () => {
    const refused = (text: string): unknown => {
      try {
        requireTables(LIST, parseTables(text), {id: 'B', properties: {owner: 'postgres', roles: []} as never})
        return undefined
      } catch (error) {
        return error
      }
    }
    expect(refused('public.orders,public."order items"')).toBeUndefined()
    expect(refused('public.oders')).toMatchObject({
      code: 'usage/arguments',
      message: 'there is no table public.oders in backup B',
      hint: 'Similar: public.orders.',
    })
    expect(refused('public.big_orders')).toMatchObject({
      message: 'public.big_orders is a view in backup B, not a table',
    })
    expect(refused('public.busy')).toMatchObject({message: expect.stringContaining('is a materialized view') as string})
    expect(refused('public.order')).toMatchObject({code: 'usage/arguments'})
  })
})
