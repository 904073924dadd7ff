import {lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import type {Block} from './layout/line.ts'
import {toAscii} from './theme.ts'

/** Where the last screen is kept, and what a start must have in common with this one to show it. */
export interface LastScreenPlace {
  readonly stateDir: string
  /** Absolute path of the configuration. */
  readonly config: string
  /** Value of `--env`. */
  readonly asked: string | undefined
}

export interface LastScreen {
  readonly ascii: boolean
  readonly columns: number
  readonly at: number
  readonly frame: Block
}

/** Terminals of so many sizes are remembered. */
const KEPT = 8

/**
 * Keeps a screen for the next start, which shows it dimmed until it knows better (`bin/early-picture.cjs`). It holds words
 * and no sequences, and only its owner may read it. A disk that takes nothing only delays that picture.
 */
export function keepLastScreen(place: LastScreenPlace, screen: LastScreen): void {
  try {
    write(place, screen)
  } catch {
    // As above.
  }
}

function write({stateDir, config, asked}: LastScreenPlace, {frame, ...screen}: LastScreen): void {
  const uid = process.geteuid?.() ?? 0
  const directory = path.join(stateDir, `screens-${uid}`)
  mkdirSync(directory, {recursive: true, mode: 0o700})
  if (lstatSync(directory).uid !== uid) return
  const lines = frame.map(line => {
    const text = line.map(each => each.text).join('')
    return (screen.ascii ? toAscii(text) : text).trimEnd()
  })
  const name = `${screen.columns}x${frame.length}.json`
  const draft = path.join(directory, `.${name}.${process.pid}`)
  writeFileSync(draft, JSON.stringify({version: 1, config, environment: asked ?? '', ...screen, lines}), {mode: 0o600})
  renameSync(draft, path.join(directory, name))
  forgetOldest(directory)
}

function forgetOldest(directory: string): void {
  const files = readdirSync(directory).map(name => path.join(directory, name))
  const byAge = files.map(file => ({file, at: statSync(file).mtimeMs})).sort((one, other) => other.at - one.at)
  for (const {file} of byAge.slice(KEPT)) rmSync(file, {force: true})
}
