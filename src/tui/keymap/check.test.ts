import {describe, expect, test} from 'vitest'
import {EXAMPLE} from '../../config/example.ts'
import type {HotkeyConfig, KeysConfig} from '../../config/console-keys.ts'
import {type KeySettings, keymapOf} from './check.ts'

const hotkey = (change: Partial<HotkeyConfig> = {}): HotkeyConfig => ({
  key: 'g x',
  label: 'restart',
  runbook: 'restart',
  params: {},
  ...change,
})
const issuesOf = (settings: Partial<KeySettings>): readonly string[] =>
  keymapOf({keys: {}, hotkeys: [], ...settings}).issues.map(({path, message}) => `${path.join('/')}: ${message()}`)
const ofKeys = (keys: KeysConfig): readonly string[] => issuesOf({keys})
const ofHotkey = (change: Partial<HotkeyConfig>): readonly string[] => issuesOf({hotkeys: [hotkey(change)]})

describe('keys of the configuration', () => {
  test('nothing said is no keymap; the example is one', () => {
    expect(keymapOf({keys: {}, hotkeys: []})).toEqual({keymap: undefined, issues: []})
    expect(
      issuesOf({keys: EXAMPLE.keys, hotkeys: EXAMPLE.hotkeys.map(each => hotkey({runbook: undefined, ...each}))}),
    ).toEqual([])
  })

  test('keys are read as people write them; Esc always leads back', () => {
    const {keymap, issues} = keymapOf({keys: {'dry-run': ['W', 'Ctrl-G'], back: 'q'}, hotkeys: [hotkey({key: 'g  x'})]})
    expect(issues.map(({message}) => message())).toEqual([
      'should be another key: q is quit already; give that one another key first, or an empty list',
    ])
    expect(keymap?.keys).toEqual({'dry run': ['W', 'ctrl-g'], back: ['esc', 'q']})
    expect(keymap?.hotkeys[0]?.key).toBe('g x')
  })

  test.each<[string, KeysConfig, string]>([
    ['an unknown action', {rolback: 'B'}, 'keys/rolback: should be one of answer, open, '],
    ['an unknown action, with the one that was meant', {rolback: 'B'}, 'got "rolback", did you mean rollback?'],
    ['a key that no terminal tells', {sort: 'F5'}, 'should be a key, got "F5": terminals cannot tell function keys'],
    ['a key that is another one', {sort: 'ctrl-i'}, 'got "ctrl-i": terminals send Tab for it'],
    ['no name of a key', {sort: 'pagedown'}, 'got "pagedown": it is not the name of a key'],
    ['three keys', {sort: 'g x y'}, 'at most two keys after each other'],
    ['a key of another action', {sort: 'r'}, 'keys/sort: should be another key: r is runbooks already'],
    ['a key that begins two', {sort: 'g'}, 'g is first (g g) already'],
    [
      'a key of another action that has a new one',
      {sort: 'Z', reverse: 'Z'},
      'keys/reverse: should be another key: Z is sort',
    ],
    ['a needed action without a key', {quit: []}, 'keys/quit: should be a key: without one nobody could quit any more'],
  ])('%s is refused', (_what, keys, wanted) => {
    expect(ofKeys(keys).join('\n')).toContain(wanted)
  })

  test.each(['rollback', 'abort', 'acknowledge', 'silence', 'dry-run'])(
    'what changes something cannot have a key that questions are answered with: %s',
    name => {
      for (const key of ['enter', 'esc', 'tab', 'space', 'backspace', 'up', 'y', 'n'])
        expect(ofKeys({[name]: key}).join()).toContain('questions are answered with')
    },
  )

  test('a key is free again when its action has another one, or none', () => {
    expect(ofKeys({sort: 'r', runbooks: 'b'})).toEqual([])
    expect(ofKeys({sort: '!', rollback: []})).toEqual([])
  })

  test('a needed action cannot hide behind a key that is taken', () => {
    expect(ofKeys({help: 'q', quit: '?'})).toEqual([])
    expect(ofKeys({help: 'esc'}).join()).toContain('Esc is back already')
  })
})

describe('hotkeys of the configuration', () => {
  test.each<[string, Partial<HotkeyConfig>, string]>([
    ['an unknown pane', {pane: 'service'}, 'hotkeys/0/pane: should be one of services'],
    ['a key that is taken', {key: 'r'}, 'hotkeys/0/key: should be another key: r is runbooks already'],
    ['an answering key', {key: 'enter'}, 'questions are answered with'],
    ['a label of an action', {label: 'Abort'}, 'hotkeys/0/label: should be another word'],
    ['a label that plain mode takes for something else', {label: 'cancel'}, 'should be another word'],
    ['a label that is a number of a row', {label: '12'}, 'should have a letter'],
    ['neither runbook nor command', {runbook: undefined}, 'should open a runbook or do a command'],
    ['both', {command: 'alerts'}, 'should open a runbook or do a command'],
    ['an unknown command', {runbook: undefined, command: 'alrts'}, 'did you mean alerts?'],
    ['a row where there is none', {params: {service: '{name}'}}, '{name} should be one of environment'],
    ['what its rows have not', {pane: 'services', params: {v: '{versoin}'}}, 'did you mean version?'],
  ])('%s is refused', (_what, change, wanted) => {
    expect(ofHotkey(change).join('\n')).toContain(wanted)
  })

  test('one key may mean two things in two panes, never in one', () => {
    const two = (pane: string): readonly string[] =>
      issuesOf({hotkeys: [hotkey({pane: 'services'}), hotkey({pane, label: 'other'})]})
    expect(two('caches')).toEqual([])
    expect(two('services').join()).toContain('hotkeys/1/key: should be another key: g x is hotkey restart already')
  })
})
