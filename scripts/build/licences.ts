import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {ROOT} from './files.ts'

interface Package {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/** The licences ask to be handed on with the code. Raises for a package that names none. */
export function licenceTexts(packages: readonly string[]): string {
  return packages.map(directory => licenceOf(path.join(ROOT, directory))).join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceOf(directory: string): string {
  const {name, version, license} = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Package
  const files = globSync('{LICEN[CS]E,licen[cs]e,COPYING}*', {cwd: directory}).sort()
  if (license === undefined && files.length === 0) throw new Error(`${directory} says nothing about its licence`)
  const text = files.map(file => readFileSync(path.join(directory, file), 'utf8').trim()).join('\n\n')
  return `${name} ${version}, ${license ?? 'licence below'}\n\n${text || 'The package has no file with its licence.'}\n`
}
