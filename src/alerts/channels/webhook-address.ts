import {addressOfRef} from '../../connections/address.ts'
import type {SecretRef} from '../../config/fields.ts'
import {escapeLine} from '../../text/escape.ts'

/** Only the host: the path is the password. */
export const webhookAddress = (url: SecretRef): string =>
  typeof url === 'string' && URL.canParse(url) ? escapeLine(new URL(url).host, 200) : addressOfRef(url)
