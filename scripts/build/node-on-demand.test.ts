import {expect, test} from 'vitest'
import {nodeOnDemand} from './node-on-demand.ts'

const at = (module: string): string => `globalThis.process.getBuiltinModule("${module}")`

test('a module that Node has loaded is taken as it is', () => {
  expect(nodeOnDemand('import { readFileSync as readFileSync2, statSync } from "node:fs";')).toBe(
    `const {readFileSync: readFileSync2, statSync} = ${at('node:fs')};`,
  )
  expect(nodeOnDemand('import path from "node:path";\nimport * as os from "node:os";')).toBe(
    `const path = ${at('node:path')};\nconst os = ${at('node:os')};`,
  )
})

test('a function of another one loads it when it is called', () => {
  expect(nodeOnDemand('import { createHash as createHash2 } from "node:crypto";')).toBe(
    `var _createHash2; function createHash2(...given) { return (_createHash2 ??= ${at('node:crypto')}.createHash)(...given); }`,
  )
})

test('classes, constants and what carries more than a call are there at once', () => {
  expect(nodeOnDemand('import { X509Certificate, constants, randomUUID } from "node:crypto";')).toBe(
    `const {X509Certificate, constants} = ${at('node:crypto')}; var _randomUUID; function randomUUID(...given) { return (_randomUUID ??= ${at('node:crypto')}.randomUUID)(...given); }`,
  )
  // Both have a form of their own for promisify.
  expect(nodeOnDemand('import { execFile, exec } from "node:child_process";')).toBe(
    `const {execFile, exec} = ${at('node:child_process')};`,
  )
})

test('lines stay where they are, and nothing else is touched', () => {
  const code = 'const a = 1;\nimport net, { connect } from "node:net";\nimport { b } from "./chunk.mjs";\n'
  expect(nodeOnDemand(code)).toBe(
    `const a = 1;\nconst net = ${at('node:net')}; var _connect; function connect(...given) { return (_connect ??= ${at('node:net')}.connect)(...given); }\nimport { b } from "./chunk.mjs";\n`,
  )
})

test('an import in a form that it does not know stops the build', () => {
  expect(() => nodeOnDemand('export { createHash } from "node:crypto";')).toThrow('createHash')
})
