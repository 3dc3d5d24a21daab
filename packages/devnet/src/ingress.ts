export { DEFAULT_INGRESS_LIMITS, type IngressLimits } from './ingress/ingress-limits.js';
export { Ingress, type IngressOptions, type IngressPort, type IngressService } from './ingress/ingress-plugin.js';
export type { IngressCounts } from './ingress/ingress-relay.js';
export type { VisitEnd } from './ingress/visitor-call.js';
export { ingress, type RunningIngress, type StartIngressOptions, startIngress } from './node/start-ingress.js';
