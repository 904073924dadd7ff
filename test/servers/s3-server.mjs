// One of two S3 servers from npm on a port of its own: node s3-server.mjs NAME PORT DIRECTORY [KEY CERTIFICATE]
// Says `listening` when it is; ends with its standard input.
import {readFileSync} from 'node:fs'

const [, , name, port = '', directory, key, certificate] = process.argv
process.stdin.resume().on('end', () => process.exit(0))

if (name === 's3rver') {
  const {default: S3rver} = await import('@20minutes/s3rver')
  const tls = key === undefined ? {} : {key: readFileSync(key), cert: readFileSync(certificate)}
  await new S3rver({
    ...tls,
    port: Number(port),
    address: '127.0.0.1',
    silent: true,
    directory,
    vhostBuckets: true,
    serviceEndpoint: 'localhost',
    configureBuckets: [{name: 'backups'}],
  }).run()
} else {
  const {startFauxqs} = await import('fauxqs')
  const server = await startFauxqs({port: Number(port), host: '127.0.0.1', logger: false, s3StorageDir: directory})
  server.createBucket('backups')
}
console.log('listening')
