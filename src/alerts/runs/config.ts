import {z} from 'zod'

/** What a run has to tell. */
export const RUN_NEWS = ['started', 'waiting', 'undone', 'failed', 'done'] as const
export type RunNews = (typeof RUN_NEWS)[number]

/** Who is told of runs. Nobody is where nothing is configured. */
export const runNoticeSchema = z.lazy(() =>
  z.strictObject({
    channels: z.array(z.string().min(1)).min(1).describe('Names of channels'),
    runbooks: z.array(z.string().min(1)).min(1).optional().describe('Only of these runbooks; * stands for any text'),
    environments: z.array(z.string().min(1)).min(1).optional().describe('Only in these environments'),
    on: z
      .array(z.enum(RUN_NEWS))
      .min(1)
      .default(['waiting', 'undone', 'failed'])
      .describe('What is told: that a run has started, waits for an answer, was undone, failed, is done'),
  }),
)
export type RunNotice = z.output<typeof runNoticeSchema>
