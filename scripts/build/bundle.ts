import path from 'node:path'
import {readFileSync} from 'node:fs'
import {build, type BuildOptions, type Metafile, type Plugin} from 'esbuild'
import {DIST, type Files, ROOT} from './files.ts'
import {inAscii} from './in-ascii.ts'
import {nodeOnDemand} from './node-on-demand.ts'
import {type Core, withCore} from './with-core.ts'
import {yamlOnDemand} from './yaml-on-demand.ts'

/** Name in dist without extension, and the source it is made of. */
export const ENTRIES: Readonly<Record<string, string>> = {
  cli: 'src/cli.ts',
  api: 'src/api.ts',
  'lab-app': 'src/lab/app/main.ts',
  'lab-instance': 'src/lab/instance/main.ts',
  'lab-load': 'src/lab/load/main.ts',
}

/**
 * The program once more, for consoles alone: what their first live screen is made of is one file there. In the build for
 * all it is fifty, shared with commands that need a part of them, and finding, reading and linking those is a tenth of what
 * a console's start costs.
 */
export const CONSOLE_ENTRIES: Readonly<Record<string, string>> = {
  console: 'src/cli.ts',
  'console-api': 'src/api.ts',
}

/** What every command loads, whatever it does. */
const CORE: Core = {modules: ['src/program.ts']}
/** What a console would load one after the other until its first live screen stands. */
const CONSOLE_CORE: Core = {
  modules: [
    'src/errors.ts',
    'src/commands/parse.ts',
    'src/store/checked-configs.ts',
    'src/program.ts',
    'src/app/console.ts',
    'src/tui/open-by-flags.ts',
    'src/tui/start.ts',
  ],
  atOnce: true,
  beside: ['src/api.ts'],
}

export const isEntry = (name: string): boolean => {
  const entry = name.replace(/\.mjs(\.map)?$/, '')
  return Object.hasOwn(ENTRIES, entry) || Object.hasOwn(CONSOLE_ENTRIES, entry)
}

// Ink asks for its devtools only when DEV is set; the package is not installed and must not be looked for.
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup(bundle) {
    bundle.onResolve({filter: /^react-devtools-core$/}, () => ({path: 'react-devtools-core', namespace: 'absent'}))
    bundle.onLoad({filter: /.*/, namespace: 'absent'}, () => ({contents: 'export default {connectToDevTools() {}}'}))
  },
}

// zod carries the words of its errors in sixty languages; each command would read them all at its start.
const inEnglish: Plugin = {
  name: 'in-english',
  setup(bundle) {
    bundle.onLoad({filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/}, ({path: file}) => ({
      contents: "export {default as en} from './en.js'",
      resolveDir: path.dirname(file),
    }))
  },
}

// Ink's layout is a program in WebAssembly that its package holds as text, and asks fetch to decode: that loads Node's whole HTTP
// client, a tenth of what a console's start costs. Where there is no fetch it decodes the text itself.
const withoutFetch: Plugin = {
  name: 'without-fetch',
  setup(bundle) {
    bundle.onLoad({filter: /[\\/]yoga-wasm-base64-esm\.js$/}, ({path: file}) => {
      const asked = /"function"\s*!=\s*typeof\s+fetch/g
      const source = readFileSync(file, 'utf8')
      if (source.match(asked)?.length !== 2) throw new Error(`${file} decodes its program in another way by now`)
      return {contents: source.replace(asked, 'true')}
    })
  },
}

/** Packages in CommonJS call require for Node's own modules. Every file begins with it; where nobody calls it, its line is empty. */
const REQUIRE = "const require=globalThis.process.getBuiltinModule('node:module').createRequire(import.meta.url);"

const withRequire = (code: string): string =>
  /\brequire\b/.test(code.slice(REQUIRE.length)) ? code : code.slice(REQUIRE.length)

/** The program with everything it imports, and the packages that are in it. */
export async function bundleProgram(): Promise<{readonly files: Files; readonly packages: readonly string[]}> {
  const [all, console] = await Promise.all([
    bundle(ENTRIES, CORE, {__CONSOLE__: '"console.mjs"'}),
    bundle(CONSOLE_ENTRIES, CONSOLE_CORE, {__API__: '"console-api.mjs"'}),
  ])
  return {files: new Map([...all.files, ...console.files]), packages: all.packages}
}

async function bundle(
  entryPoints: Readonly<Record<string, string>>,
  core: Core,
  define: Readonly<Record<string, string>>,
): Promise<{readonly files: Files; readonly packages: readonly string[]}> {
  const {version} = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {version: string}
  const options = {
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
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
    metafile: true,
    logLevel: 'warning',
    // Beside the entries: code that looks for a file next to itself finds it from a chunk as well.
    chunkNames: '[name]-[hash]',
    outExtension: {'.js': '.mjs'},
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      __VERSION__: JSON.stringify(version),
      ...define,
    },
    plugins: [withoutDevtools, inEnglish, withoutFetch],
    banner: {js: REQUIRE},
  } satisfies BuildOptions
  // Twice, for what it is made of is known only then; a pass takes half a second.
  const {metafile: parts} = await build(options)
  const {outputFiles, metafile} = await build({...options, plugins: [...options.plugins, withCore(core, parts)]})
  return {
    files: new Map(
      outputFiles.map(({path: file, contents, text}) => [
        path.relative(DIST, file),
        file.endsWith('.mjs') ? withRequire(inAscii(yamlOnDemand(nodeOnDemand(text)))) : contents,
      ]),
    ),
    packages: packagesIn(metafile),
  }
}

/** Directories of the packages, those inside of others too. */
function packagesIn({inputs}: Metafile): readonly string[] {
  const found = Object.keys(inputs).flatMap(
    input => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  )
  return [...new Set(found)].sort()
}
