// First module of the program. Plain old JavaScript, so that any Node can say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(`opsconsole needs Node 24.15 or newer, this is ${process.versions.node} (${process.execPath})`)
  console.error('In a checkout ./scripts/demo and ./scripts/test fetch one; or set OPSCONSOLE_NODE.')
  process.exit(2)
}
const {existsSync} = require('node:fs')
const cli = `${__dirname}/../dist/cli.mjs`
if (!existsSync(cli)) {
  console.error('opsconsole is not built yet: run `npm run build` in its directory')
  process.exit(2)
}
require('./early-picture.cjs').show()
// Compiled code is kept under the person's own directory: the default, /tmp, is everybody's.
const home = process.env.XDG_CACHE_HOME || (process.env.HOME ? `${process.env.HOME}/.cache` : undefined)
if (home) require('node:module').enableCompileCache(`${home}/opsconsole/node`)
void import(require('node:url').pathToFileURL(cli).href)
