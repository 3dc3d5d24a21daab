import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { nextTick } from 'node:process';
import type { Candidate } from './happy-eyeballs.js';
import { notFound } from './socket-errors.js';

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** In the shape of dns.lookup, for everything that takes an option `lookup`. */
export type LookupFunction = (hostname: string, options: LookupOptions, callback: Answer) => void;

/** Addresses of a name in the tailnet; none: unknown. */
export type Names = (name: string) => readonly string[];

/** Answers from the netmap; asks `otherwise`, if there is one, for names that it does not know. */
export function tailnetLookup(names: Names, otherwise?: LookupFunction): LookupFunction {
  return (hostname, given, last) => {
    const [options, callback] = lookupArguments(given, last);
    const found = addressesOf(hostname, names).filter(wanted(options.family));
    if (found.length > 0) nextTick(answer, options, found, callback);
    else if (otherwise !== undefined) otherwise(hostname, options, callback);
    else nextTick(callback, notFound(hostname), '');
  };
}

/** All addresses by a lookup in Node's shape, or one unless all are asked for, whichever way it answers. */
export function resolveBy(lookup: LookupFunction, host: string, options: LookupOptions): Promise<readonly Candidate[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, ...options }, (error, found, family) => {
      if (error !== null && error !== undefined) return reject(error);
      resolve(typeof found === 'string' ? [{ address: found, family: family === 6 ? 6 : 4 }] : found.map(candidate));
    });
  });
}

/** dns.lookup also takes a family in place of options, or the callback alone. */
function lookupArguments(given: unknown, last: unknown): readonly [LookupOptions, Answer] {
  if (typeof given === 'function') return [{}, given as Answer];
  return [typeof given === 'number' ? { family: given } : ((given ?? {}) as LookupOptions), last as Answer];
}

function candidate({ address, family }: LookupAddress): Candidate {
  return { address, family: family === 6 ? 6 : 4 };
}

function addressesOf(hostname: string, names: Names): LookupAddress[] {
  const addresses = isIP(hostname) > 0 ? [hostname] : names(hostname);
  return addresses.map((address) => ({ address, family: isIP(address) }));
}

function wanted(family: LookupOptions['family']): (found: LookupAddress) => boolean {
  if (family === 4 || family === 'IPv4') return ({ family }) => family === 4;
  if (family === 6 || family === 'IPv6') return ({ family }) => family === 6;
  return () => true;
}

function answer(options: LookupOptions, found: LookupAddress[], callback: Answer): void {
  if (options.all === true) callback(null, found);
  else callback(null, found[0]!.address, found[0]!.family);
}
