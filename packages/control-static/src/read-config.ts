import { HeddleError } from '@heddle/core';
import { checkConfig } from './check-config.js';
import type { StaticConfig } from './config.js';
import type { Device } from './device.js';
import type { UapiSet } from './uapi-operation.js';
import { looksLikeUapi, parseUapiSet } from './uapi-text.js';
import { type WgQuickOptions, wgQuick } from './wg-quick.js';

/** A whole configuration, or an operation that leads to one. */
export type Reading = { readonly device: Device } | { readonly operation: UapiSet };

/** Reads an object, wg-quick text, or UAPI text (which begins with `set=1`). Throws one HEDDLE_STATIC_CONFIG that lists all mistakes. */
export function readConfig(config: StaticConfig | string, options: WgQuickOptions = {}): Reading {
  if (typeof config !== 'string') return { device: checkConfig(config) };
  return looksLikeUapi(config) ? { operation: readUapi(config) } : { device: checkConfig(wgQuick(config, options)) };
}

function readUapi(text: string): UapiSet {
  const read = parseUapiSet(text);
  if ('device' in read) return read;
  throw new HeddleError('HEDDLE_STATIC_CONFIG', `line ${read.line} of the UAPI text cannot be used (errno ${read.errno})`);
}
