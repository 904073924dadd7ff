import {expect, test} from 'vitest'
import {endedTransactions} from './read-log.ts'

/** As pg_waldump 15 writes them. */
const line = (tx: number, text: string): string =>
  `rmgr: Transaction len (rec/tot):    405/   405, tx:        ${tx}, lsn: 0/03002610, prev 0/030025D8, desc: ${text}`

test('what a transaction removed stands at its end; temporary tables, and what an aborted one had made, are no loss', () => {
  const moment = '2026-11-27 15:09:08.393222 UTC'
  expect(
    endedTransactions([
      line(727, `COMMIT ${moment}; rels: base/16384/16385 base/16384/16388; inval msgs: catcache 80 relcache 16385`),
      line(728, `COMMIT ${moment}; rels: pg_tblspc/16400/PG_15_202209061/16384/16401`),
      line(729, `COMMIT ${moment}; rels: base/16384/t3_16402; inval msgs: relcache 16402`),
      line(730, `ABORT ${moment}; rels: base/16384/16403`),
      line(731, `COMMIT ${moment}`),
      line(732, 'ASSIGNMENT xtop 731'),
    ]).map(({xid, removed}) => [xid, removed.map(({database, file}) => `${database}/${file}`)]),
  ).toEqual([
    ['727', ['16384/16385', '16384/16388']],
    ['728', ['16384/16401']],
    ['729', []],
    ['730', []],
    ['731', []],
  ])
})
