import { HeddleError } from '@heddle/core';
import { PublicKey } from '@heddle/crypto';
import { type ProxyUrl, parseProxyUrl } from '@heddle/wire';
import { type ControlUrl, parseControlUrl } from './dial/control-url.js';

export interface Ts2021Options {
  /** Of the control server. Default: `https://controlplane.tailscale.com`. */
  readonly url?: string;
  /** Registers the node without a person. A secret: from a file or a secret store, never from the command line. Default: interactive login. */
  readonly authKey?: string;
  /** A file that holds the auth key and nothing else. Read when the key is needed, and again at each try. */
  readonly authKeyFile?: string;
  /** Default: the name that the node was given, or that of the machine. */
  readonly hostname?: string;
  /** The server forgets the node when it closes. Default: false. */
  readonly ephemeral?: boolean;
  /** `tag:…` that the node asks for. Default: none. */
  readonly tags?: readonly string[];
  /** What this node claims to understand. Default: 119; servers accept 113 and up. */
  readonly capabilityVersion?: number;
  /** The key of the server, as `mkey:…`: trusted from the first contact on, and consent to a change. Default: the first key seen is kept. */
  readonly serverKey?: string;
  /** Of an HTTP proxy that makes tunnels. Default: none. */
  readonly proxy?: string;
  /** Certificates in PEM, trusted besides the ones that Node knows. */
  readonly ca?: string | readonly string[];
  /** Never tries port 80 of an https URL. Default: false, as the official client; the channel is protected in either case. */
  readonly tlsOnly?: boolean;
  /** Keeps the last map in the state store, so that the node starts without its server. Default: true. */
  readonly cacheMap?: boolean;
  /** What others see as this node's operating system. Default: the machine's. */
  readonly os?: string;
}

/** Options that were checked, with their defaults. */
export interface Settings {
  readonly url: ControlUrl;
  readonly hostname: string | undefined;
  readonly ephemeral: boolean;
  readonly tags: readonly string[];
  readonly version: number;
  readonly serverKey: PublicKey<'machine'> | undefined;
  readonly proxy: ProxyUrl | undefined;
  readonly ca: readonly string[];
  readonly tlsOnly: boolean;
  readonly cache: boolean;
  readonly os: string | undefined;
}

const DEFAULT_URL = 'https://controlplane.tailscale.com';
const DEFAULT_VERSION = 119;
const HIGHEST_VERSION = 0xffff;
const TAG = /^tag:[a-zA-Z][a-zA-Z0-9-]*$/;

/** Throws one HEDDLE_TS2021_OPTIONS that lists every mistake. It repeats no secret. */
export function readOptions(options: Ts2021Options): Settings {
  const { capabilityVersion: version = DEFAULT_VERSION, tags = [], ca = [] } = options;
  const url = parseControlUrl(options.url ?? DEFAULT_URL);
  const proxy = options.proxy === undefined ? undefined : parseProxyUrl(options.proxy);
  const problems = [
    url === undefined && 'url: is no http(s) URL without password, query and fragment',
    options.proxy !== undefined && proxy === undefined && 'proxy: is no http(s) URL',
    options.authKey !== undefined && options.authKeyFile !== undefined && 'authKey, authKeyFile: give one of them',
    options.authKey !== undefined && !isAuthKey(options.authKey) && 'authKey: is empty, or has spaces or control characters',
    !(Number.isInteger(version) && version > 0 && version <= HIGHEST_VERSION) && `capabilityVersion: ${version} is no version`,
    ...tags.filter((tag) => !TAG.test(tag)).map((tag) => `tags: "${tag}" is not of the form tag:name`),
    options.serverKey !== undefined && !isMachineKey(options.serverKey) && 'serverKey: is not of the form mkey: and 64 digits',
  ].filter((problem) => problem !== false);
  if (url === undefined || problems.length > 0) throw new HeddleError('HEDDLE_TS2021_OPTIONS', `ts2021(): ${problems.join('; ')}`);
  return {
    url,
    version,
    tags,
    proxy,
    hostname: options.hostname,
    ephemeral: options.ephemeral ?? false,
    serverKey: options.serverKey === undefined ? undefined : PublicKey.parse('machine', options.serverKey),
    ca: typeof ca === 'string' ? [ca] : ca,
    tlsOnly: options.tlsOnly ?? false,
    cache: options.cacheMap ?? true,
    os: options.os,
  };
}

/** True for a text that may go into a request as an auth key. */
export function isAuthKey(text: string): boolean {
  return /^[\x21-\x7e]{1,1024}$/.test(text);
}

function isMachineKey(text: string): boolean {
  return /^mkey:[0-9a-f]{64}$/i.test(text) && !/^mkey:0{64}$/.test(text);
}
