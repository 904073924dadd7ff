import {expect, test} from 'vitest'
import {changelogSection, releaseChangelog} from './changelog.ts'

const CHANGELOG =
  '# Changelog\n\nWords.\n\n## Unreleased\n\n- New.\n  More of it.\n\n## 0.1.0, 2026-01-02\n\n- First.\n'

test('a section is what stands between its heading and the next one', () => {
  expect(changelogSection(CHANGELOG, 'Unreleased')).toBe('- New.\n  More of it.')
  expect(changelogSection(CHANGELOG, '0.1.0')).toBe('- First.')
  expect(changelogSection(CHANGELOG, '0.1')).toBeUndefined()
})

test('a release gives what is unreleased its version and its day', () => {
  const released = releaseChangelog(CHANGELOG, '0.2.0', '2026-03-04')
  expect(released).toContain('## Unreleased\n\n## 0.2.0, 2026-03-04\n\n- New.')
  expect(changelogSection(released, '0.2.0')).toBe('- New.\n  More of it.')
  expect(changelogSection(released, '0.1.0')).toBe('- First.')
})

test('a release of nothing, or of the same version again, is refused', () => {
  const released = releaseChangelog(CHANGELOG, '0.2.0', '2026-03-04')
  expect(() => releaseChangelog(released, '0.3.0', '2026-03-05')).toThrow('nothing under "Unreleased"')
  expect(() => releaseChangelog(CHANGELOG, '0.1.0', '2026-03-04')).toThrow('a section 0.1.0 already')
})
