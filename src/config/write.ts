import {Document, isCollection, isMap, isPair, isScalar, isSeq, type Node, visit} from 'yaml'
import {configShape, describeShape, type Shape, shapeAt} from './shape.ts'

/**
 * Values of a configuration as YAML in which every key carries what the schema says of it, once. Comments are never
 * written by hand, so they cannot grow old.
 */
export function writeConfig(values: unknown, {header = ''}: {readonly header?: string} = {}): string {
  const document = new Document(values)
  const shape = configShape()
  const told = new Set<string>()
  visit(document, {
    Pair(_, pair, ancestors) {
      const path = [...keysOf(ancestors), isScalar(pair.key) ? String(pair.key.value) : '']
      const found = shapeAt(shape, path, values)
      const place = `${path.filter(step => typeof step === 'string').join('/')} ${String(found?.description)}`
      if (found?.description && !told.has(place) && isScalar(pair.key)) {
        told.add(place)
        pair.key.commentBefore = ` ${comment(found)}`
        if (path.length === 1) pair.key.spaceBefore = true
      }
      if (isCollection(pair.value)) (pair.value as {flow?: boolean}).flow = fitsOneLine(pair.value)
    },
  })
  const text = document.toString({lineWidth: 0, indentSeq: true})
  return `${header
    .split('\n')
    .filter(line => line !== '')
    .map(line => `# ${line}\n`)
    .join('')}${text.replace(/^\n+/, '\n')}`
}

/** The keys and indexes that lead to a node. */
function keysOf(ancestors: readonly unknown[]): (string | number)[] {
  const path: (string | number)[] = []
  for (const [index, node] of ancestors.entries()) {
    if (isPair(node) && isScalar(node.key)) path.push(String(node.key.value))
    if (isSeq(node)) path.push(node.items.indexOf(ancestors[index + 1]))
  }
  return path
}

/** Lists of plain values, and where a secret comes from. */
function fitsOneLine(node: Node): boolean {
  if (isSeq(node)) return node.items.every(item => isScalar(item))
  if (!isMap(node) || node.items.length !== 1) return false
  const [pair] = node.items
  return isScalar(pair?.key) && ['env', 'file', 'command'].includes(String(pair.key.value))
}

function comment(shape: Shape): string {
  const fallback = shape.default
  const scalar = typeof fallback === 'string' || typeof fallback === 'number' || typeof fallback === 'boolean'
  const choices = shape.enum ? ` (${describeShape(shape)})` : ''
  return `${shape.description ?? ''}${choices}${scalar ? ` [default ${String(fallback)}]` : ''}`
}
