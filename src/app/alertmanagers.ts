import {type AlertmanagerDesk, openDesk} from '../alerts/alertmanagers/desk.ts'
import type {Answering} from '../alerts/answers.ts'
import {alertStore} from '../store/alerts.ts'
import {readingStore} from '../store/readings.ts'
import {silenceStore} from '../store/silences.ts'
import type {AppContext} from './context.ts'

/** What windows see of Alertmanagers. */
export const openAlertmanagers = (base: AppContext): AlertmanagerDesk =>
  openDesk({
    ...base,
    tools: {...base, fetch, clean: text => base.cleaning.clean(text)},
    store: () => readingStore(base.store().database),
    alertStore: () => alertStore(base.store().database),
  })

export const openAnswering = (base: AppContext): Answering => ({
  alertStore: alertStore(base.store().database),
  silences: () => silenceStore(base.store().database),
  desk: openAlertmanagers(base),
  clock: base.clock,
})
