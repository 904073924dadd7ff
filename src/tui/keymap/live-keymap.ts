import {messageOf} from '../../errors.ts'
import {refusedConfig} from '../../config/load.ts'
import {type KeySettings, keymapOf} from './check.ts'
import type {Keymap} from './keymap.ts'

type Source = KeySettings & {readonly file: string}

/** The keymap of a configuration. Raises `config/invalid` with every issue and its place in the file. */
export function loadKeymap(config: Source): Keymap | undefined {
  const {keymap, issues} = keymapOf(config)
  if (issues.length > 0) throw refusedConfig(config.file, issues)
  return keymap
}

/** Follows a configuration that may become another one: keys that cannot be leave those before in force, and say so. */
export function liveKeymap(config: () => Source): () => Keymap | undefined {
  let source = config()
  let keymap = loadKeymap(source)
  return () => {
    const next = config()
    if (next === source) return keymap
    source = next
    try {
      keymap = loadKeymap(next)
    } catch (error) {
      keymap = {...(keymap ?? {keys: {}, hotkeys: []}), refused: messageOf(error)}
    }
    return keymap
  }
}
