import {describe, expect, test} from 'vitest'
import {newNameOf, RENAMED_KEYS} from './renamed-keys.ts'
import {renameKeys} from './rename-keys.ts'

describe('a renamed key', () => {
  test('is known by its whole path, at any place of a list', () => {
    expect(newNameOf(['releases', 3, 'keep'])).toBe('keepOldSlot')
    expect(newNameOf(['backups', 0, 'keep'])).toBeUndefined()
    expect(newNameOf(['keep'])).toBeUndefined()
  })

  test('is written under its new name; comments, quotes and spaces stay', () => {
    const before = `# Ours\nreleases: # two slots\n  - name: web\n    "keep" :  1d   # a day\n    watch: 5m\nbackups: [{name: shop, keep: 14}]\nalerts: {failures: 3, cooldown: 5m}\n`
    const {text, renamed, doubled} = renameKeys(before)
    expect(text).toBe(
      `# Ours\nreleases: # two slots\n  - name: web\n    keepOldSlot :  1d   # a day\n    watchFor: 5m\nbackups: [{name: shop, keep: 14}]\nalerts: {failureThreshold: 3, groupInterval: 5m}\n`,
    )
    expect(renamed).toEqual([
      {path: 'releases/0/keep', to: 'keepOldSlot'},
      {path: 'releases/0/watch', to: 'watchFor'},
      {path: 'alerts/failures', to: 'failureThreshold'},
      {path: 'alerts/cooldown', to: 'groupInterval'},
    ])
    expect(doubled).toEqual([])
  })

  test('that stands there under both names is left to a person', () => {
    const before = 'alerts: {failures: 3, failureThreshold: 4}\n'
    expect(renameKeys(before)).toEqual({
      text: before,
      renamed: [],
      doubled: [{path: 'alerts/failures', to: 'failureThreshold'}],
    })
  })

  test('inside an anchor is renamed once, where it stands', () => {
    const before = 'releases:\n  - &web {name: web, drain: 30s}\n  - *web\n'
    expect(renameKeys(before).text).toBe('releases:\n  - &web {name: web, drainTimeout: 30s}\n  - *web\n')
  })

  test('never has two new names, and none is an old one', () => {
    const names = RENAMED_KEYS.map(({section, from}) => [...section, from].join('/'))
    expect(new Set(names).size).toBe(names.length)
    for (const {section, to} of RENAMED_KEYS)
      expect(newNameOf([...section.map(step => (step === '*' ? 0 : step)), to])).toBeUndefined()
  })
})
