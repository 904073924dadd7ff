import {runInNewContext} from 'node:vm'
import {expect, test} from 'vitest'
import {yamlOnDemand} from './yaml-on-demand.ts'

/** As the bundler writes it, with a package that notes that it ran. */
const bundled = (rest: string): string =>
  `let ran = 0, __toESM = each => each, require_dist = () => (ran += 1, {isMap: each => each === "map", Parser: class { size = 7 }});
var import_yaml = __toESM(require_dist(), 1);
${rest}`

const valueOf = (code: string): unknown => runInNewContext(`(() => {${yamlOnDemand(code)}})()`)

test('the package runs when something of it is used, and once', () => {
  expect(valueOf(bundled('return ran'))).toBe(0)
  const used = 'let all = [(0, import_yaml.isMap)("map"), new import_yaml.Parser().size, import_yaml.isMap("seq")]'
  expect(valueOf(bundled(`${used}\nreturn [ran, ...all]`))).toEqual([1, true, 7, false])
})

test('lines stay where they are, and nothing else is touched', () => {
  const code = bundled('var import_react = __toESM(require_react(), 1);\nreturn import_react.version')
  expect(yamlOnDemand(code).split('\n')).toHaveLength(code.split('\n').length)
  expect(yamlOnDemand(code)).toContain('var import_react = __toESM(require_react(), 1);\nreturn import_react.version')
})

test('a form that it does not know stops the build', () => {
  expect(() => yamlOnDemand('let a = 1, import_yaml = __toESM(require_dist(), 1);\nimport_yaml.parse("")')).toThrow(
    'import_yaml',
  )
})
