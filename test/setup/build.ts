import {spawnSync} from 'node:child_process'
import path from 'node:path'

/** Tests of the whole product run the bundle; it is built again only when a source is newer than it. */
export function setup(): void {
  const root = path.resolve(import.meta.dirname, '../..')
  const built = spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale'], {cwd: root, encoding: 'utf8'})
  // Pure tests do not need the bundle, so a broken build stops only those that do.
  if (built.status !== 0)
    process.stderr.write(
      `the bundle does not build, tests that start it will fail:\n${built.stderr.split('\n').slice(0, 8).join('\n')}\n`,
    )
}
