import {expect, test} from 'vitest'
import {generateDocuments, staleDocuments} from '../../scripts/generate.ts'

test('generated documents say what the code says; `node scripts/generate.ts` writes them', async () => {
  expect(staleDocuments(await generateDocuments())).toEqual([])
})
