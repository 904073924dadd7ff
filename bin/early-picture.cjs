// Shows the last known screen, dimmed and with its age, before anything else is loaded. It knows nothing of the program
// but what src/tui/last-screen.ts keeps; whatever does not fit exactly is not shown.
const fs = require('node:fs')
const path = require('node:path')

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[H\x1b[J'
const LEAVE = '\x1b[m\x1b[H\x1b[J\x1b[?25h\x1b[?1049l'
const WITH_VALUE = new Set(['--config', '--env', '--theme'])
const ALONE = new Set(['--ascii', '--no-color', '--read-only'])
const LARGEST = 200_000

function show() {
  try {
    const {env, stdin, stdout} = process
    if (!stdin.isTTY || !stdout.isTTY || env.TERM === 'dumb' || (env.CI && env.CI !== 'false' && env.CI !== '0')) return
    if (env.INK_SCREEN_READER === 'true') return
    const flags = flagsOf(process.argv.slice(2))
    const picture = flags && lastPicture(flags, env, stdout)
    if (!picture) return
    takeOver(stdin, ENTER + bytesOf(picture, stdout.rows || 24))
  } catch {
    // Without a picture it starts as well.
  }
}

/** Flags of a call that opens the console; undefined when it is another one, or `--slow`: the link carries no picture twice. */
function flagsOf(argv) {
  const flags = {}
  for (let index = 0; index < argv.length; index++) {
    const [name, value] = argv[index].split(/=(.*)/s)
    if (WITH_VALUE.has(name)) flags[name] = value ?? argv[++index]
    else if (ALONE.has(argv[index])) flags[name] = true
    else return undefined
  }
  return flags
}

function lastPicture(flags, env, stdout) {
  const size = `${stdout.columns || Number(env.COLUMNS) || 80}x${stdout.rows || Number(env.LINES) || 24}`
  const state = stateDirectory(env)
  const uid = process.geteuid()
  if (!state || !isOwn(fs.lstatSync(state), uid, 0o002)) return undefined
  const directory = path.join(state, `screens-${uid}`)
  if (!isOwn(fs.lstatSync(directory), uid, 0o077)) return undefined
  const descriptor = fs.openSync(path.join(directory, `${size}.json`), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
  try {
    const file = fs.fstatSync(descriptor)
    if (!file.isFile() || !isOwn(file, uid, 0o077) || file.size > LARGEST) return undefined
    const picture = JSON.parse(fs.readFileSync(descriptor, 'utf8'))
    const fits =
      picture.version === 1 &&
      picture.config === configFile(flags, env) &&
      picture.environment === (flags['--env'] ?? '') &&
      picture.ascii === (flags['--ascii'] === true || isAscii(env))
    return fits ? picture : undefined
  } finally {
    fs.closeSync(descriptor)
  }
}

const isOwn = (stat, uid, forbidden) => stat.uid === uid && (stat.mode & forbidden) === 0

/** The same place as src/app/state-dir.ts. */
function stateDirectory({OPSCONSOLE_STATE_DIR: own, XDG_STATE_HOME: xdg, HOME: home}) {
  if (own) return path.resolve(own)
  if (xdg) return path.resolve(xdg, 'opsconsole')
  return home && path.join(home, '.local', 'state', 'opsconsole')
}

/** The same file as src/config/find.ts. */
function configFile(flags, env) {
  const named = flags['--config'] ?? (env.OPSCONSOLE_CONFIG || undefined)
  if (named !== undefined) return path.resolve(named)
  const home = env.XDG_CONFIG_HOME || (env.HOME && path.join(env.HOME, '.config'))
  return [
    path.resolve('opsconsole.yaml'),
    ...(home ? [path.join(home, 'opsconsole', 'opsconsole.yaml')] : []),
    '/etc/opsconsole/opsconsole.yaml',
  ].find(place => fs.existsSync(place))
}

function isAscii({LC_ALL, LC_CTYPE, LANG, TERM}) {
  const locale = LC_ALL || LC_CTYPE || LANG || ''
  return TERM === 'linux' || (locale !== '' && !/utf-?8/i.test(locale))
}

/** Words only: whatever controls a terminal is taken out. Its last line says how old it is. */
function bytesOf({lines, at}, rows) {
  const words = lines.slice(0, rows - 1).map(line => String(line).replaceAll(/[\p{Cc}\p{Cf}]/gu, ' '))
  return `\x1b[2m${words.join('\r\n')}\x1b[${rows}H\x1b[0;1m reconnecting \x1b[0;2m this is the screen of ${ageOf(at)} ago`
}

function ageOf(at) {
  const seconds = Math.max(0, Math.round((Date.now() - Number(at)) / 1000))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

/** From here keys are kept for the console, and the terminal is given back whatever happens. */
function takeOver(stdin, bytes) {
  const typed = []
  const keep = chunk => {
    typed.push(chunk)
    // Nobody is there yet who could be asked nicely.
    if (chunk.includes(3)) process.exit(130)
  }
  const leave = () => {
    if (!release()) return
    stdin.setRawMode(false)
    fs.writeSync(1, LEAVE)
  }
  const signals = {
    SIGHUP: () => process.exit(129),
    SIGINT: () => process.exit(130),
    SIGQUIT: () => process.exit(131),
    SIGTERM: () => process.exit(143),
    SIGTSTP: () => {
      stdin.setRawMode(false)
      fs.writeSync(1, LEAVE)
      process.kill(process.pid, 'SIGSTOP')
      stdin.setRawMode(true)
      fs.writeSync(1, bytes)
    },
  }
  let held = true
  /** Lets go of everything; false when that was done before. */
  const release = () => {
    if (!held) return false
    held = false
    stdin.off('data', keep)
    stdin.pause()
    process.off('exit', leave)
    process.off('uncaughtExceptionMonitor', leave)
    for (const [signal, handler] of Object.entries(signals)) process.off(signal, handler)
    return true
  }
  // First of all: a signal that comes right after the picture must not leave it on the shell.
  for (const [signal, handler] of Object.entries(signals)) process.on(signal, handler)
  process.on('exit', leave)
  process.on('uncaughtExceptionMonitor', leave)
  try {
    stdin.setRawMode(true)
    // In one write, so that it is there before Node is ready for anything else.
    fs.writeSync(1, bytes)
  } catch (error) {
    // A terminal that takes nothing right now, or is gone: signals and keys are left to whoever comes next.
    if (release()) stdin.setRawMode(false)
    throw error
  }
  stdin.on('data', keep)
  globalThis[Symbol.for('opsconsole.earlyPicture')] = {
    leave,
    /** The screen and the keys are the console's from now on; what was typed until now. */
    takeOver: () => (release() ? Buffer.concat(typed) : undefined),
  }
}

module.exports = {show}
