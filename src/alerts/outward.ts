import {watchAlertmanagers} from './alertmanagers/watch.ts'
import {openChannels} from './channels/open-channels.ts'
import {openReports} from './intake/reports.ts'

/** What whoever watches reaches others by; a command that only looks does not load it. */
export const outward = {openChannels, openReports, watchAlertmanagers}
export type Outward = typeof outward
