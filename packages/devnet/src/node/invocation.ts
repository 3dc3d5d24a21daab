import { parseArgs } from 'node:util';
import type { DevnetOptions } from '../options.js';

export const USAGE = `Usage: heddle-devnet [options]
A control server, a relay and a STUN server for tests and one machine.

  --address IP         where the servers listen (127.0.0.1)
  --port N             control server (8080)
  --derp-port N        relay (8443)
  --stun-port N        STUN (3478)
  --domain NAME        of the tailnet (devnet.internal)
  --state FOLDER       go on from there after a restart (memory)
  --policy FILE        who may reach whom, as JSON (everybody everything)
  --auth-key-file FILE holds the auth key; made when it does not exist (a new key is shown)
  --synthetic N        so many nodes that only exist on paper (0)
  --help`;

/** What the program shall do. */
export interface Invocation {
  readonly servers: Pick<DevnetOptions, 'address' | 'port' | 'derpPort' | 'stunPort' | 'domain' | 'synthetic'>;
  readonly statePath: string | undefined;
  readonly policyPath: string | undefined;
  readonly authKeyPath: string | undefined;
}

const FLAGS = {
  address: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8080' },
  'derp-port': { type: 'string', default: '8443' },
  'stun-port': { type: 'string', default: '3478' },
  domain: { type: 'string', default: 'devnet.internal' },
  state: { type: 'string' },
  policy: { type: 'string' },
  'auth-key-file': { type: 'string' },
  synthetic: { type: 'string', default: '0' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the arguments; what is wrong with them otherwise. */
export function readInvocation(args: readonly string[]): Invocation | { readonly wrong: string } | { readonly help: true } {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    if (values.help) return { help: true };
    const numberOf = (name: 'port' | 'derp-port' | 'stun-port' | 'synthetic', most: number): number => whole(name, values[name], most);
    return {
      servers: {
        address: values.address,
        port: numberOf('port', 65_535),
        derpPort: numberOf('derp-port', 65_535),
        stunPort: numberOf('stun-port', 65_535),
        domain: values.domain,
        synthetic: numberOf('synthetic', 1_000_000),
      },
      statePath: values.state,
      policyPath: values.policy,
      authKeyPath: values['auth-key-file'],
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function whole(name: string, text: string, most: number): number {
  if (!/^\d{1,7}$/.test(text) || Number(text) > most) throw new Error(`--${name} is "${text}", which is no number from 0 to ${most}`);
  return Number(text);
}
