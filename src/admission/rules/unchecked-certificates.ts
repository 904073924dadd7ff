import type {Rule} from '../decision.ts'

/** Whoever does not check who answers changes nothing there. Stopping and taking back stay open. */
export const uncheckedCertificates: Rule = {
  name: 'unchecked certificates',
  refuse: ({wayBack}, {certificatesUnchecked}) =>
    certificatesUnchecked && !wayBack
      ? {
          allowed: false,
          code: 'usage/environment',
          reason: 'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: no certificate of a server is checked',
          hint: 'Unset it. A server with authorities of its own: NODE_EXTRA_CA_CERTS=FILE, or tls: {ca: FILE} of its probe.',
        }
      : undefined,
}
