import { HeddleError, type RelayMap } from '@heddle/core';
import { type ProxyUrl, parseProxyUrl } from '@heddle/wire';

export interface DerpOptions {
  /** The relays. Default: those that control names. */
  readonly relays?: RelayMap;
  /** URL of an HTTP proxy through which relays are reached: `http://user:password@host:port`. Default: none. */
  readonly proxy?: string;
  /** Certificates in PEM that are trusted besides the ones that Node knows. */
  readonly ca?: readonly string[];
  /** Agrees to relays whose `insecureForTests` says that their certificate is not to be checked. Default false. */
  readonly allowInsecure?: boolean;
  /** HTTP without TLS, for simulated networks and relays in a test. Default false. */
  readonly plain?: boolean;
}

export interface DerpSettings {
  readonly relays: RelayMap | undefined;
  readonly proxy: ProxyUrl | undefined;
  readonly ca: readonly string[];
  readonly allowInsecure: boolean;
  readonly plain: boolean;
}

/** Throws HEDDLE_DERP_OPTIONS for options that cannot be. */
export function readOptions(options: DerpOptions): DerpSettings {
  const proxy = options.proxy === undefined ? undefined : parseProxyUrl(options.proxy);
  if (options.proxy !== undefined && proxy === undefined)
    throw new HeddleError('HEDDLE_DERP_OPTIONS', 'derp: `proxy` is no URL of an HTTP proxy; write http://host:port');
  const { relays, ca = [], allowInsecure = false, plain = false } = options;
  for (const id of relays?.regions.keys() ?? [])
    if (!Number.isInteger(id) || id < 1 || id > 0xffff_ffff)
      throw new HeddleError('HEDDLE_DERP_OPTIONS', `derp: ${id} is no number of a region; they begin with 1`);
  return { relays, proxy, ca, allowInsecure, plain };
}
