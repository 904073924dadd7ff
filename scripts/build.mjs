// Makes dist/: the program as a bundle, shipped runbooks as JavaScript, types, licences.
// usage: node scripts/build.mjs [--if-stale] [--clean]
// Only old JavaScript and no package here, so that any Node can say what is wrong.
import {readFileSync} from 'node:fs'

const {engines} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const wanted = engines.node.replace('>=', '')
const [major, minor] = process.versions.node.split('.').map(Number)
const [wantedMajor, wantedMinor] = wanted.split('.').map(Number)
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  console.error(
    `building opsconsole needs Node ${wanted} or newer, this is ${process.versions.node} (${process.execPath})`,
  )
  console.error('./scripts/demo and ./scripts/test fetch one into .node/ and build with it.')
  process.exit(2)
}
// What Node calls experimental is taking types out, which it does for every runbook of a user as well.
process.removeAllListeners('warning')
process.on('warning', warning => {
  if (!/stripTypeScriptTypes/.test(warning.message)) console.error(`${warning.name}: ${warning.message}`)
})
const {buildDist} = await import('./build/dist.ts')
await buildDist({onlyIfStale: process.argv.includes('--if-stale'), clean: process.argv.includes('--clean')})
