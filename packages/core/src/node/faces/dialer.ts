import type { LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import type { Address, Flow, FlowLayer } from '../../contracts/flows.js';
import { wrongAddress } from './argument-checks.js';
import { type Candidate, interleave, quickest } from './happy-eyeballs.js';
import { type LookupFunction, resolveBy } from './lookup.js';
import type { Timers } from './quiet-timers.js';
import { asSystemError, notFound, systemError } from './socket-errors.js';

/** Where to connect to. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly family?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly lookup?: LookupFunction | undefined;
  /** False: only the first address is tried. Default true. */
  readonly autoSelectFamily?: boolean | undefined;
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
    const found = await resolveBy(target.lookup ?? context.lookup, host, lookupOptions(target));
    if (found.length === 0) throw notFound(host);
    for (const { address, family } of found) progress.lookup(null, address, family, host);
    return usable(found);
  } catch (error) {
    progress.lookup(error as Error, undefined, undefined, host);
    throw error;
  }
}

/** Only one address is asked for, and tried, where Node tries only one. */
function lookupOptions({ family, localAddress, autoSelectFamily }: Target): LookupOptions {
  const isOne = family === 4 || family === 6 || Boolean(localAddress) || autoSelectFamily === false;
  return { ...(family === undefined ? {} : { family }), ...(isOne ? { all: false } : {}) };
}

/** A lookup of the application's own may answer anything. */
function usable(found: readonly Candidate[]): readonly Candidate[] {
  const addresses = found.filter(({ address }) => isIP(address) > 0);
  if (addresses.length === 0) throw wrongAddress(found[0]?.address);
  return addresses;
}

async function attempt(context: DialContext, target: Target, to: Candidate, progress: Progress, signal: AbortSignal): Promise<Flow> {
  const { address, family } = to;
  const { port } = target;
  const at = { syscall: 'connect', address, port, local: localText(target, family) };
  progress.connectionAttempt(address, port, family);
  try {
    // No Stack has such a port, and the kernel refuses it.
    if (port === 0) throw systemError({ ...at, code: 'ECONNREFUSED' });
    return await context.flows.connect!({ address, port }, { signal, ...from(target, family) });
  } catch (thrown) {
    const error = asSystemError(thrown, at, 'EHOSTUNREACH');
    if (!signal.aborted) progress.connectionAttemptFailed(address, port, family, error);
    throw error;
  }
}

/** Only an end with a port of its own choice is told. */
function localText({ localAddress, localPort }: Target, family: number): string | undefined {
  return localPort ? `${localAddress ?? anyOf(family)}:${localPort}` : undefined;
}

function anyOf(family: number): string {
  return family === 6 ? '::' : '0.0.0.0';
}

function from({ localAddress, localPort }: Target, family: number): { readonly from?: Address } {
  if (!localAddress && !localPort) return {};
  return { from: { address: localAddress || anyOf(family), port: (localPort || 0) & 0xffff } };
}
