// What others make of the same protocol: a signer and a client.
export {GetObjectCommand, S3Client} from '@aws-sdk/client-s3'
export {AwsV4Signer} from 'aws4fetch'
