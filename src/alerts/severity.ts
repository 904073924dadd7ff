import {z} from 'zod'

export const severitySchema = z.enum(['critical', 'warning', 'info'])
export type Severity = z.infer<typeof severitySchema>
