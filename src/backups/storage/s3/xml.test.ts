import {expect, test} from 'vitest'
import {childrenOf, escapeXml, readXml, textOf} from './xml.ts'

test('elements, texts, characters by name and number, and data as it is', () => {
  const read = readXml(
    '<?xml version="1.0"?>\n<!-- a --><List xmlns="x"><Key>a &amp; b&#10;&#x26;lt;</Key><Empty/><Key><![CDATA[<c>]]></Key></List>',
  )
  expect([
    read?.name,
    childrenOf(read, 'Key').map(({text}) => text),
    textOf(read, 'Empty'),
    textOf(read, 'None'),
  ]).toEqual(['List', ['a & b\n&lt;', '<c>'], '', undefined])
  expect(textOf(readXml(`<a><b>${escapeXml(`<&>"'`)}</b></a>`), 'b')).toBe(`<&>"'`)
})

test.each(['', 'Not found', '<a><b></a>', '<a>', '<a/><b/>', '<html><br></html>'])(
  'what was cut, or is none, is nothing: %s',
  text => expect(readXml(text)).toBeUndefined(),
)
