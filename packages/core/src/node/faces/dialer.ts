import { isIP } from 'node:net';
import type { Address, Flow, FlowLayer } from '../../contracts/flows.js';
import { type Candidate, interleave, quickest } from './happy-eyeballs.js';
import { type LookupFunction, resolveBy } from './lookup.js';
import type { Timers } from './quiet-timers.js';
import { asSystemError, notFound } from './socket-errors.js';

/** Where to connect to. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly family?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly lookup?: LookupFunction | undefined;
  /** Milliseconds until the next address is tried. Default 250. */
  readonly autoSelectFamilyAttemptTimeout?: number | undefined;
}

/** What is told on the way, as the events of net.Socket with these names tell it. */
export interface Progress {
  lookup(error: Error | null, address: string | undefined, family: number | undefined, host: string): void;
  connectionAttempt(address: string, port: number, family: number): void;
  connectionAttemptFailed(address: string, port: number, family: number, error: Error): void;
}

export interface DialContext {
  readonly flows: Pick<FlowLayer, 'connect'>;
  readonly lookup: LookupFunction;
  readonly timers: Timers;
}

/** RFC 8305 section 8. Node's own default is the same. */
const ATTEMPT_DELAY = 250;

/** Finds the addresses of a name and connects to the one that answers first. Rejects with an error as Node's net gives it. */
export async function dial(context: DialContext, target: Target, progress: Progress, signal: AbortSignal): Promise<Flow> {
  const candidates = interleave(await addressesOf(context, target, progress));
  signal.throwIfAborted();
  return quickest(candidates, {
    attempt: (candidate, stop) => attempt(context, target, candidate, progress, stop),
    discard: (late) => late.reset(),
    timers: context.timers,
    delay: target.autoSelectFamilyAttemptTimeout ?? ATTEMPT_DELAY,
    signal,
  });
}

async function addressesOf(context: DialContext, target: Target, progress: Progress): Promise<readonly Candidate[]> {
  const { host } = target;
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family: family === 6 ? 6 : 4 }];
  try {
    const found = await resolveBy(target.lookup ?? context.lookup, host, target.family === undefined ? {} : { family: target.family });
    if (found.length === 0) throw notFound(host);
    for (const { address, family } of found) progress.lookup(null, address, family, host);
    return found;
  } catch (error) {
    progress.lookup(error as Error, undefined, undefined, host);
    throw error;
  }
}

async function attempt(context: DialContext, target: Target, to: Candidate, progress: Progress, signal: AbortSignal): Promise<Flow> {
  const { address, family } = to;
  const { port } = target;
  progress.connectionAttempt(address, port, family);
  try {
    return await context.flows.connect!({ address, port }, { signal, ...from(target, family) });
  } catch (thrown) {
    const error = asSystemError(thrown, { syscall: 'connect', address, port }, 'EHOSTUNREACH');
    if (!signal.aborted) progress.connectionAttemptFailed(address, port, family, error);
    throw error;
  }
}

function from({ localAddress, localPort }: Target, family: number): { readonly from?: Address } {
  if (localAddress === undefined && localPort === undefined) return {};
  return { from: { address: localAddress ?? (family === 6 ? '::' : '0.0.0.0'), port: localPort ?? 0 } };
}
