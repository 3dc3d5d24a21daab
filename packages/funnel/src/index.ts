export type { Certificate, CertificateSource } from './certificate-source.js';
export { Certificates, TLS_CERTIFICATES } from './certificate-source.js';
export type { FunnelErrorCode } from './errors.js';
export { FUNNEL_ERRORS } from './errors.js';
