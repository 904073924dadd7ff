import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import type {LabEntries} from './plan.ts'

/** Our own programs: beside this file in a checkout, else the bundles beside the one this module is in. */
export function defaultEntries(): LabEntries {
  return {
    app: entry('./app/main.ts', './lab-app.mjs'),
    load: entry('./load/main.ts', './lab-load.mjs'),
    instance: entry('./instance/main.ts', './lab-instance.mjs'),
  }
}

function entry(source: string, bundle: string): string {
  const path = fileURLToPath(new URL(source, import.meta.url))
  return existsSync(path) ? path : fileURLToPath(new URL(bundle, import.meta.url))
}
