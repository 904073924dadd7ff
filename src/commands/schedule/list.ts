import type {Command} from '../command.ts'
import {command as schedules} from '../schedules/list.ts'

/** The same as `schedules`, for whoever looks for it beside `schedule show`. */
export const command: Command = {...schedules, name: 'schedule list'}
