import {chmodSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {type TrustPolicy, whyDistrusted} from './why-distrusted.ts'

const ME = process.geteuid?.() ?? -1

/** A place below a sticky directory that everybody may write, as /tmp is. */
function place(): {readonly dir: string; readonly file: string} {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'opsconsole-trust-')))
  onTestFinished(() => rmSync(dir, {recursive: true, force: true}))
  mkdirSync(path.join(dir, 'shop'))
  const file = path.join(dir, 'shop', 'opsconsole.yaml')
  writeFileSync(file, '')
  for (const [each, mode] of [
    [dir, 0o755],
    [path.join(dir, 'shop'), 0o755],
    [file, 0o644],
  ] as const)
    chmodSync(each, mode)
  return {dir, file}
}

const policy = (change: Partial<TrustPolicy> = {}): TrustPolicy => ({
  owners: new Set([0, ME]),
  groups: new Set([process.getegid?.() ?? -1]),
  isTrusted: () => false,
  ...change,
})

test('what belongs to this account or to root, and only they can write, is believed, below /tmp too', () => {
  expect(whyDistrusted(place().file, policy())).toBeUndefined()
})

test.each([
  ['the file', 'shop/opsconsole.yaml', 0o646],
  ['its directory', 'shop', 0o777],
  ['its directory, sticky or not, when it is asked about itself', '', 0o757],
] as const)('%s that everybody can write is not', (_title, which, mode) => {
  const {dir, file} = place()
  chmodSync(path.join(dir, which), mode)
  expect(whyDistrusted(file, policy())).toEqual({
    path: path.join(dir, which),
    reason: `is world-writable (mode ${mode.toString(8)})`,
    fix: 'mode',
  })
})

test('a sticky directory is fine to have a file in, and never as the place of runbooks or state itself', () => {
  const {dir, file} = place()
  chmodSync(path.join(dir, 'shop'), 0o1777)
  expect(whyDistrusted(file, policy())).toBeUndefined()
  expect(whyDistrusted(path.dirname(file), policy())?.reason).toBe('is world-writable (mode 1777)')
})

test('what another account owns is not believed, wherever on the way it is', () => {
  const {file} = place()
  const found = whyDistrusted(file, policy({owners: new Set([4_000_000])}))
  expect(found?.reason).toMatch(/^belongs to /)
})

test('a link is judged by its own owner and by the way to what it names', () => {
  const {dir, file} = place()
  const link = path.join(dir, 'linked.yaml')
  symlinkSync('shop/../shop/opsconsole.yaml', link)
  expect(whyDistrusted(link, policy())).toBeUndefined()
  chmodSync(path.dirname(file), 0o777)
  expect(whyDistrusted(link, policy())?.path).toBe(path.dirname(file))
  const circle = path.join(dir, 'circle')
  symlinkSync('circle', circle)
  expect(whyDistrusted(circle, policy())?.reason).toBe('is a link in a circle')
})

test('a directory that was trusted vouches for what it holds, and not for what a link in it points to', () => {
  const {dir, file} = place()
  chmodSync(dir, 0o777)
  chmodSync(path.dirname(file), 0o777)
  const outside = path.join(dir, 'outside')
  writeFileSync(outside, '')
  symlinkSync('../outside', path.join(dir, 'shop', 'link'))
  const trusting = policy({isTrusted: each => each === path.dirname(file)})
  expect(whyDistrusted(file, policy())).toBeDefined()
  expect(whyDistrusted(file, trusting)).toBeUndefined()
  expect(whyDistrusted(path.join(dir, 'shop', 'link'), trusting)?.path).toBe(dir)
})

test('a directory that a team shares is fine for state, and for nothing else', () => {
  const {dir} = place()
  const shared = path.join(dir, 'shop')
  chmodSync(shared, 0o2770)
  const {gid} = lstatSync(shared)
  const member = policy({owners: new Set([0, ME]), groups: new Set([gid])})
  expect(whyDistrusted(shared, member, true)).toBeUndefined()
  expect(whyDistrusted(path.join(shared, 'not-yet-there'), member)).toBe(
    gid === 0 ? undefined : whyDistrusted(shared, member),
  )
})
