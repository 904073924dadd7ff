import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration, httpUrl, secret, size} from '../../config/fields.ts'

export const httpProbeSchema = lateObject(() => ({
  type: z.literal('http'),
  url: httpUrl('Endpoint to request'),
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('Request method'),
  headers: z.record(z.string(), secret('Header value')).default({}).describe('Request headers'),
  expect: z
    .strictObject({
      status: z
        .union([z.number().int(), z.array(z.number().int())])
        .default([200, 204])
        .describe('Accepted status codes'),
      body: z.string().optional().describe('Regular expression that the body must match'),
      json: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
        .default({})
        .describe('JSON paths such as checks.database.status and the value each must have'),
      headers: z
        .record(z.string(), z.string())
        .default({})
        .describe(
          'Response headers such as Cache-Control, and the regular expression that each must match; else degraded. Where Content-Encoding is among them, every coding that is understood is asked for',
        ),
      maxSize: size('Largest body as it is sent; a larger one is degraded').optional(),
      certificateDays: z
        .number()
        .int()
        .positive()
        .default(14)
        .describe('Days before TLS expiry at which the service is degraded'),
    })
    .prefault({})
    .describe('What counts as a good answer'),
  words: z
    .record(z.string(), z.enum(['up', 'degraded', 'down']))
    .default({})
    .describe('What words of the health document mean that only this application uses; an unknown word is degraded'),
  tls: z
    .strictObject({
      ca: z
        .string()
        .optional()
        .describe('PEM file with the certificate authorities to trust instead of the known ones'),
      serverName: z.string().optional().describe('Name that the certificate must have, when it is not that of the URL'),
    })
    .optional()
    .describe('How the certificate of the server is checked'),
  follow: z.boolean().default(false).describe('Follow redirects'),
  timeout: duration('Deadline of the request; the service timeout when left out').optional(),
}))
export type HttpProbeSpec = z.infer<typeof httpProbeSchema>
