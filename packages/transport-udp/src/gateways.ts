import { readFile } from 'node:fs/promises';
import { defaultGateway, type Gateway } from './pure/route-table.js';

/** Finds the router of the machine, for port mapping. */
export interface Gateways {
  /** Undefined where there is none, or it cannot be known. */
  find(): Promise<Gateway | undefined>;
}

/** The default gateway of this machine, from /proc/net/route; on other systems there is none. */
export function linuxGateways(): Gateways {
  return {
    async find() {
      const text = await readFile('/proc/net/route', 'latin1').catch(() => '');
      return defaultGateway(text);
    },
  };
}
