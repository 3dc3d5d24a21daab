import { parseArgs } from 'node:util';
import { parseAddress } from '@heddle/wire';
import type { IngressPort } from '../ingress/ingress-plugin.js';

export const INGRESS_USAGE = `Usage: heddle-ingress --url URL [options]
Brings visitors from the internet to nodes of a tailnet, by the name that they ask for in TLS.

  --url URL              of the control server
  --auth-key-file FILE   holds the auth key, for the first start
  --state FOLDER         keeps its identity (memory: a new node at each start)
  --hostname NAME        in the tailnet (ingress)
  --listen [IP:]PORT[=TARGET]
                         where visitors come, and the port that nodes are told when it is another one (443); may be given several times
  --udp-port N           of its node (any)
  --insecure-relays      trust relays whose certificate nobody has signed, for tests
  --help`;

/** What the program shall do. */
export interface IngressInvocation {
  readonly url: string;
  readonly authKeyFile: string | undefined;
  readonly statePath: string | undefined;
  readonly hostname: string;
  readonly listen: readonly IngressPort[];
  readonly udpPort: number;
  readonly insecureRelays: boolean;
}

const FLAGS = {
  url: { type: 'string' },
  'auth-key-file': { type: 'string' },
  state: { type: 'string' },
  hostname: { type: 'string', default: 'ingress' },
  listen: { type: 'string', multiple: true },
  'udp-port': { type: 'string', default: '0' },
  'insecure-relays': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the arguments; what is wrong with them otherwise. */
export function readIngressInvocation(args: readonly string[]): IngressInvocation | { readonly wrong: string } | { readonly help: true } {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    if (values.help) return { help: true };
    if (values.url === undefined || !URL.canParse(values.url)) throw new Error('--url takes the URL of the control server');
    return {
      url: values.url,
      authKeyFile: values['auth-key-file'],
      statePath: values.state,
      hostname: values.hostname,
      listen: (values.listen ?? ['443']).map(readPort),
      udpPort: whole('--udp-port', values['udp-port']),
      insecureRelays: values['insecure-relays'],
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function readPort(text: string): IngressPort {
  const [, bracketed, plain, port, target] = /^(?:(?:\[(.+)\]|([^:=]+)):)?(\d+)(?:=(\d+))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (port === undefined || (address !== undefined && parseAddress(address) === undefined))
    throw new Error(`--listen takes [IP:]PORT[=TARGET], not "${text}"`);
  return {
    ...(address !== undefined && { address }),
    port: whole('--listen', port),
    ...(target !== undefined && { target: whole('--listen', target) }),
  };
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new Error(`${flag} takes a port up to 65535, not "${text}"`);
  return value;
}
