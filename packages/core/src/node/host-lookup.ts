import { lookup } from 'node:dns/promises';
import { definePlugin, type Plugin, provide } from '../composition/plugin.js';
import { Tokens } from '../composition/tokens.js';
import type { HostLookup } from '../contracts/underlay.js';

/** Names of the underlay as this machine resolves them, from its hosts file and by DNS: for endpoints that are host names. */
export function hostLookup(): Plugin {
  return definePlugin({ name: '@heddle/core/host-lookup', provides: [provide(Tokens.HostLookup, [], machineLookup)] });
}

function machineLookup(): HostLookup {
  return { lookup: (host, { signal }) => unlessAborted(signal, allAddresses(host)) };
}

async function allAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** The machine's resolver cannot be interrupted: who gives up is told at once, and the late answer goes nowhere. */
function unlessAborted<T>(signal: AbortSignal | undefined, answer: Promise<T>): Promise<T> {
  if (signal === undefined) return answer;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
