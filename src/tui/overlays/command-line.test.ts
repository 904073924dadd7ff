import {expect, test} from 'vitest'
import {letters, opened, press} from '../../../test/tui/keys.ts'
import {currentScreen} from '../state/ui.ts'

test.each([
  ['sv', 'services'],
  ['svc', 'services'],
  ['serv', 'services'],
  ['lb', 'servers'],
  ['cro', 'schedules'],
])('the begin of an alias leads where the alias does: :%s opens %s', (typed, noun) => {
  expect(currentScreen(press(opened(), ':', ...letters(typed), 'enter').state)).toMatchObject({kind: 'list', noun})
})
