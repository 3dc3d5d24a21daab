import type { SelfConfig } from '@heddle/core';
import { formatAddress, parseAddress, parsePrefix } from '@heddle/wire';

/** Our own addresses without prefix length, as a Stack writes them. */
export function ownAddresses(self: SelfConfig | undefined): readonly string[] {
  return (self?.addresses ?? []).flatMap(bare);
}

function bare(text: string): readonly string[] {
  const bytes = parsePrefix(text)?.address ?? parseAddress(text);
  return bytes === undefined ? [] : [formatAddress(bytes)];
}
