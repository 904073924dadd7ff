import type {ResolveSecret} from '../config/fields.ts'
import type {ScheduleConfig} from '../schedules/config.ts'

/** Values of a schedule's parameters as a command takes them; `secret`: only those that are read from somewhere else. */
export async function scheduleParams(
  params: ScheduleConfig['params'],
  resolve: ResolveSecret,
  which: 'all' | 'secret' = 'all',
): Promise<Readonly<Record<string, string>>> {
  const wanted = Object.entries(params).filter(([, value]) => which === 'all' || typeof value === 'object')
  return Object.fromEntries(
    await Promise.all(
      wanted.map(async ([name, value]) => [name, typeof value === 'object' ? await resolve(value) : String(value)]),
    ),
  )
}
