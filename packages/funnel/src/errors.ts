import type { ErrorEntry } from '@heddle/core';

export type FunnelErrorCode =
  | 'HEDDLE_SERVE_CONFIG'
  | 'HEDDLE_SERVE_CONFLICT'
  | 'HEDDLE_SERVE_CERTIFICATE'
  | 'HEDDLE_SERVE_STATE'
  | 'HEDDLE_CERTIFICATE_OPTIONS'
  | 'HEDDLE_CERTIFICATE_ORDER'
  | 'HEDDLE_CERTIFICATE_STATE';

/** The codes of this package: what each means and what to do. */
export const FUNNEL_ERRORS: Readonly<Record<FunnelErrorCode, ErrorEntry>> = {
  HEDDLE_SERVE_CONFIG: {
    says: 'Something that shall be served cannot be: a port, a mount point, a target or a field of the configuration is not as it has to be.',
    cure: 'The message lists everything that is wrong, with its place; docs/serve.md says how it is written.',
  },
  HEDDLE_SERVE_CONFLICT: {
    says: 'A port is served already, and by something else.',
    cure: 'Remove what is there first, or take another port.',
  },
  HEDDLE_SERVE_CERTIFICATE: {
    says: 'TLS is to be ended here, and there is no certificate source, or a certificate and its key cannot be read or do not belong together.',
    cure: 'Add ownCertificates({ … }) or a plugin that gets certificates to the node; a certificate comes with its chain and its key, all as PEM.',
  },
  HEDDLE_SERVE_STATE: {
    says: 'What was kept of the served configuration cannot be read.',
    cure: 'Delete the value `serve/config` of the state, or write it anew with setConfig.',
  },
  HEDDLE_CERTIFICATE_OPTIONS: {
    says: 'The options of acmeCertificates() have mistakes. The message lists each.',
    cure: 'Correct what the message lists.',
  },
  HEDDLE_CERTIFICATE_ORDER: {
    says: 'Shown as health, and told to who waits: an order for a certificate came to nothing. The text has what the CA says. A certificate that still holds stays in use.',
    cure: 'Look at the text: whether the CA reaches this node or its DNS record, and whether its limits allow another order. It is tried again by itself, with growing pauses.',
  },
  HEDDLE_CERTIFICATE_STATE: {
    says: 'Shown as health: a certificate is in use, but could not be kept in the state of the node.',
    cure: 'Look at the state of the node and its disk. After a restart the certificate would be ordered anew, which CAs limit.',
  },
};
