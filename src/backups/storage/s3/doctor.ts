import {messageOf, OpsError} from '../../../errors.ts'
import type {DoctorTools} from '../../../kinds/define-driver.ts'
import {type Check, failed, ok, warning} from '../../../kinds/verdict.ts'
import {s3Address} from './address.ts'
import {type S3Client, s3Client} from './client.ts'
import {codeOf} from './failure.ts'
import type {S3StorageSpec} from './schema.ts'
import {childrenOf, readXml, textOf} from './xml.ts'

/** Reads the bucket with the key and without one, and asks what protects it. */
export async function checkS3(
  spec: S3StorageSpec,
  {name, signal, secret, clock}: DoctorTools,
): Promise<readonly Check[]> {
  const address = s3Address(spec)
  const client = s3Client(spec, {secret}, address, {now: () => clock.now()})
  const prefix = spec.prefix === undefined ? '' : `${spec.prefix}/`
  try {
    await client.call({method: 'GET', query: {'list-type': '2', prefix, 'max-keys': '1'}, signal})
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof OpsError)
      return [failed(name, error.message, error.hint ?? 'Check endpoint, bucket and the access key.')]
    return [failed(name, messageOf(error), 'Check endpoint, bucket and the access key.')]
  }
  const findings = [
    await isPublic(client, prefix, signal),
    await isUnencrypted(client, signal),
    await keepsVersions(client, signal),
    isPlain(spec),
  ]
  return [
    ok(name, address),
    ...findings.flatMap(found =>
      found === undefined
        ? []
        : [found.grave ? failed(name, found.what, found.fix) : warning(name, found.what, found.fix)],
    ),
  ]
}

interface Finding {
  readonly what: string
  readonly fix: string
  readonly grave: boolean
}

/** What a stranger is told counts more than what the settings say. */
async function isPublic(client: S3Client, prefix: string, signal: AbortSignal): Promise<Finding | undefined> {
  const ask = async (call: Parameters<S3Client['call']>[0]) =>
    client
      .call({...call, accept: [...Array(200).keys()].map(code => code + 400), attempts: 1, signal})
      .catch(() => undefined)
  const list = await ask({method: 'GET', query: {'list-type': '2', prefix, 'max-keys': '1'}, anonymous: true})
  if (list?.status === 200 && readXml(list.body.toString())?.name === 'ListBucketResult')
    return {...PUBLIC, what: `${client.address}: anybody can list the bucket, without a key`}
  const policy = await ask({method: 'GET', query: {policyStatus: ''}})
  if (policy?.status === 200 && textOf(readXml(policy.body.toString()), 'IsPublic')?.toLowerCase() === 'true')
    return {...PUBLIC, what: `${client.address}: the policy of the bucket makes it public`}
  const acl = await ask({method: 'GET', query: {acl: ''}})
  if (acl?.status === 200 && /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)</.test(acl.body.toString()))
    return {...PUBLIC, what: `${client.address}: the access list of the bucket lets anybody in`}
  return undefined
}
const PUBLIC = {
  fix: 'Block public access to the bucket; the names and sizes of backups are told to strangers.',
  grave: true,
}

/** Backups are sealed before they leave the host; records and manifests are not. */
async function isUnencrypted(client: S3Client, signal: AbortSignal): Promise<Finding | undefined> {
  const answer = await client
    .call({method: 'GET', query: {encryption: ''}, accept: [400, 403, 404, 405, 501], attempts: 1, signal})
    .catch(() => undefined)
  if (answer === undefined) return undefined
  const document = readXml(answer.body.toString())
  const unset =
    codeOf(answer) === 'ServerSideEncryptionConfigurationNotFoundError' ||
    (answer.status === 200 &&
      document?.name === 'ServerSideEncryptionConfiguration' &&
      childrenOf(document, 'Rule').length === 0)
  if (!unset) return undefined
  return {
    what: `${client.address}: the bucket does not encrypt what is stored; backups are sealed by age, manifests are not`,
    fix: 'Set its default encryption (SSE-S3 or SSE-KMS).',
    grave: false,
  }
}

/** In a bucket with versions a removal only hides: without a rule for old versions no room is ever given back. */
async function keepsVersions(client: S3Client, signal: AbortSignal): Promise<Finding | undefined> {
  const ask = (word: string) =>
    client
      .call({method: 'GET', query: {[word]: ''}, accept: [400, 403, 404, 405, 501], attempts: 1, signal})
      .catch(() => undefined)
  const versioning = await ask('versioning')
  if (versioning?.status !== 200 || textOf(readXml(versioning.body.toString()), 'Status') !== 'Enabled')
    return undefined
  const rules = await ask('lifecycle')
  if (rules === undefined || codeOf(rules) !== 'NoSuchLifecycleConfiguration') return undefined
  return {
    what: `${client.address}: the bucket keeps old versions and has no rule that removes them, so what is pruned still takes room`,
    fix: 'Give it a lifecycle rule with NoncurrentVersionExpiration and ExpiredObjectDeleteMarker.',
    grave: false,
  }
}

function isPlain({endpoint}: S3StorageSpec): Finding | undefined {
  const {protocol, hostname} = new URL(endpoint)
  if (protocol === 'https:' || /^(?:localhost|127\.|\[::1\]$)/.test(hostname)) return undefined
  return {
    what: `${hostname}: requests go over plain http, so anybody on the way can read manifests and alter answers`,
    fix: 'Use https, with ca for a private authority.',
    grave: false,
  }
}
