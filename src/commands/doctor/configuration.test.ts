import {expect, test} from 'vitest'
import {serviceSchema} from '../../services/config.ts'
import {withoutEffect} from './configuration.ts'

const service = (more: Record<string, unknown>) => ({
  ...serviceSchema.parse({name: 'web', probe: {type: 'tcp', host: 'h', port: 1}, ...more}),
  environment: 'prod',
})

test('keys that have no effect yet are named, service by service', () => {
  const services = [service({}), service({objective: {availability: '99.9%'}, dependsOn: ['db']})]
  expect(withoutEffect({services})).toMatchObject([
    {name: 'service prod/web', status: 'warning', detail: 'objective has no effect yet'},
  ])
})
