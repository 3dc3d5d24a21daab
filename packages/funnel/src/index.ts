export type { Certificate, CertificateSource } from './certificate-source.js';
export { Certificates, TLS_CERTIFICATES } from './certificate-source.js';
export type { PauseRules } from './certificates/order-pauses.js';
export type { HttpHandler, ServeConfig, TcpPortHandler, WebServerConfig } from './config/serve-config.js';
export type { FunnelErrorCode } from './errors.js';
export { FUNNEL_ERRORS } from './errors.js';
export type { FunnelOptions, FunnelService } from './ingress/funnel-plugin.js';
export { Funnel, funnel, VISITORS } from './ingress/funnel-plugin.js';
export type { IngressTarget, IngressTrust } from './ingress/ingress-rules.js';
export type { IngressCounts } from './ingress/peer-api.js';
export type { VisitorDoor } from './ingress/visitor-door.js';
export { Visitors } from './ingress/visitor-door.js';
export type { ServeLimits } from './limits/serve-limits.js';
export { DEFAULT_SERVE_LIMITS } from './limits/serve-limits.js';
export type { AcmeCertificates } from './node/certificates/acme-certificates.js';
export { Acme, acmeCertificates } from './node/certificates/acme-certificates.js';
export type { AcmeOptions } from './node/certificates/acme-options.js';
export type { DnsHook } from './node/certificates/challenger.js';
export type {
  HttpHandlers,
  HttpsHandlers,
  MountsTo,
  MountTo,
  PortHandler,
  PortHandlers,
  SniHandler,
  TcpHandler,
  TcpTo,
  TlsHandler,
} from './node/handlers.js';
export type { CertificatesByName, OwnCertificates } from './node/own-certificates.js';
export { ownCertificates } from './node/own-certificates.js';
export type { ServeOptions } from './node/serve-plugin.js';
export { serve } from './node/serve-plugin.js';
export type { Visitor } from './node/visitor.js';
export { Serve } from './serve-api.js';
export { fatalAlert } from './tls/alerts.js';
export type { ClientHello, HelloSoFar } from './tls/client-hello.js';
export { readClientHello } from './tls/client-hello.js';
