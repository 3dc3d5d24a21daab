import type { CounterFamily } from '@heddle/core';
import type { IngressCounts } from './ingress/peer-api.js';

/** What serve() counts. */
export interface ServeNumbers {
  /** Connections just now. */
  readonly open: number;
  readonly accepted: number;
  /** Beyond the caps. */
  readonly refused: number;
  readonly answers: ReadonlyMap<string, number>;
}

/** Visitors of what is served, from wherever they come. */
export function serveCounters(service: { readonly numbers: ServeNumbers }): readonly CounterFamily[] {
  const numbers = (): ServeNumbers => service.numbers;
  return [
    { name: 'connections', type: 'gauge', says: 'Visitors that are connected just now.', read: () => numbers().open },
    { name: 'accepted', type: 'counter', says: 'Connections of visitors that were taken.', read: () => numbers().accepted },
    { name: 'refused', type: 'counter', says: 'Connections that were refused because of the caps.', read: () => numbers().refused },
    {
      name: 'requests',
      type: 'counter',
      says: 'Requests over HTTP by class of the answer; none: the visitor went before there was one.',
      labels: ['answer'],
      read: () => [...numbers().answers].map(([answer, value]) => ({ labels: { answer }, value })),
    },
  ];
}

/** What became of connections to the PeerAPI. */
export function ingressCounters(api: { readonly counts: IngressCounts }): readonly CounterFamily[] {
  return [
    { name: 'visitors', type: 'counter', says: 'Visitors from the internet that were let in.', read: () => api.counts.visitors },
    { name: 'broken', type: 'counter', says: 'Connections to the PeerAPI that ended without an answer.', read: () => api.counts.broken },
    {
      name: 'answers',
      type: 'counter',
      says: 'Requests to the PeerAPI that let nobody in, by status.',
      labels: ['status'],
      read: () => Object.entries(api.counts.answers).map(([status, value]) => ({ labels: { status }, value })),
    },
  ];
}

/** `ends`: by name, in milliseconds since 1970. */
export function certificateCounters(source: { readonly ends: ReadonlyMap<string, number> }): readonly CounterFamily[] {
  return [
    {
      name: 'expiry_seconds',
      type: 'gauge',
      says: 'When the certificate of a name ends, in seconds since 1970.',
      labels: ['name'],
      read: () => [...source.ends].map(([name, at]) => ({ labels: { name }, value: at / 1_000 })),
    },
  ];
}
