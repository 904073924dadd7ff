// Bundles the program with everything it imports into dist/, so that it starts fast and needs no node_modules.
// usage: node scripts/build.mjs [--if-stale] [--clean]
import {createHash} from 'node:crypto'
import {existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {build} from 'esbuild'

const root = path.resolve(import.meta.dirname, '..')
const dist = path.join(root, 'dist')
const stampFile = path.join(dist, '.stamp')

/** Name in dist without extension, and the source it is made of. */
const ENTRIES = {
  cli: 'src/cli.ts',
  api: 'src/api.ts',
  'lab-app': 'src/lab/app/main.ts',
  'lab-instance': 'src/lab/instance/main.ts',
  'lab-load': 'src/lab/load/main.ts',
}

// Ink asks for its devtools only when DEV is set; the package is not installed and must not be looked for.
const withoutDevtools = {
  name: 'without-devtools',
  setup(bundle) {
    bundle.onResolve({filter: /^react-devtools-core$/}, () => ({path: 'react-devtools-core', namespace: 'absent'}))
    bundle.onLoad({filter: /.*/, namespace: 'absent'}, () => ({contents: 'export default {connectToDevTools() {}}'}))
  },
}

// zod carries the words of its errors in sixty languages; each command would read them all at its start.
const inEnglish = {
  name: 'in-english',
  setup(bundle) {
    bundle.onLoad({filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/}, ({path: file}) => ({
      contents: "export {default as en} from './en.js'",
      resolveDir: path.dirname(file),
    }))
  },
}

/** Changes whenever a source, the lock file or this script changes. */
function stamp() {
  const hash = createHash('sha256')
  const files = globSync(['src/**/*.{ts,tsx}', 'package.json', 'package-lock.json', 'scripts/build.mjs'], {cwd: root})
  for (const file of files.sort()) {
    if (/\.test\.tsx?$/.test(file)) continue
    const {mtimeMs, size} = statSync(path.join(root, file))
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex')
}

/** A reader sees the old file or the new one, never a part: a running console may load a chunk at any time. */
function write(file, contents) {
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(`${file}.${process.pid}.tmp`, contents)
  renameSync(`${file}.${process.pid}.tmp`, file)
}

const want = stamp()
const sources = Object.entries(ENTRIES).filter(([, source]) => existsSync(path.join(root, source)))
const whole = sources.every(([name]) => existsSync(path.join(dist, `${name}.mjs`)))
const fresh = whole && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === want
if (!(process.argv.includes('--if-stale') && fresh)) {
  if (process.argv.includes('--clean')) rmSync(dist, {recursive: true, force: true})
  const version = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version
  const result = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(sources),
    outdir: dist,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    jsx: 'automatic',
    minifySyntax: true,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
    // Beside the entries: code that looks for a file next to itself finds it from a chunk as well.
    chunkNames: '[name]-[hash]',
    outExtension: {'.js': '.mjs'},
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      __VERSION__: JSON.stringify(version),
    },
    plugins: [withoutDevtools, inEnglish],
    // Packages in CommonJS call require for Node's own modules.
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
    },
  })
  // Entries last: they name chunks that must be there by then. Old chunks stay for programs that are running.
  const isEntry = file => Object.hasOwn(ENTRIES, path.basename(file).replace(/\.mjs(\.map)?$/, ''))
  const outputs = result.outputFiles.sort((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)))
  for (const output of outputs) write(output.path, output.contents)
  write(stampFile, want)
}
