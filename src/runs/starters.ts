import {type AutoStarter, type AutoTools, openAutoStarter} from './auto-starter.ts'
import {openScheduleStarter, type ScheduleStarter} from './schedule-starter.ts'
import type {AutoContext} from './start-attempt.ts'
import type {StartNews} from './start-due.ts'

/** What an agent starts by itself. */
export interface Starters {
  readonly schedules: ScheduleStarter
  /** Runbooks that answer alerts. */
  readonly auto: (tools: AutoTools) => AutoStarter
}

/** `tell` gets what began, failed, was refused or was missed. */
export const openStarters = (context: AutoContext, tell: (news: StartNews) => void): Starters => ({
  schedules: openScheduleStarter({...context, tell}),
  auto: tools => openAutoStarter({...context, tell}, tools),
})
