import type { Clock, HeddleNode, Remote } from '@heddle/core';
import { parseAddressPort } from '@heddle/wire';
import type { FrameEnds } from './outer-frame.js';

type End = FrameEnds['local'];

/** Asking a node for its endpoints costs more the more peers it has. */
const ASK_AGAIN = 5_000;
const UNKNOWN = { 4: '0.0.0.0', 6: '::' } as const;

/**
 * Our own end of datagrams. A Bind does not say by which of the machine's addresses a datagram goes, so it is named where there is only one, and
 * is the unspecified address otherwise; the port likewise, and 0.
 */
export class OwnEnds {
  readonly #node: Pick<HeddleNode, 'status'>;
  readonly #clock: Clock;
  #askedAt = Number.NEGATIVE_INFINITY;
  #ends: ReadonlyMap<string, End> = new Map();

  constructor(node: Pick<HeddleNode, 'status'>, clock: Clock) {
    this.#node = node;
    this.#clock = clock;
  }

  towards({ scheme, ip }: Remote): FrameEnds | undefined {
    if (ip === undefined) return undefined;
    const family = ip.address.includes(':') ? 6 : 4;
    if (this.#clock.now() - this.#askedAt >= ASK_AGAIN) this.#ask();
    return { remote: ip, local: this.#ends.get(`${scheme} ${family}`) ?? { address: UNKNOWN[family], port: 0 } };
  }

  #ask(): void {
    this.#askedAt = this.#clock.now();
    const ends = new Map<string, End>();
    for (const { remote, kind } of this.#node.status().endpoints) if (kind === 'local') join(ends, remote);
    this.#ends = ends;
  }
}

/** Of several ends of one scheme and family stays what they have in common. */
function join(ends: Map<string, End>, text: string): void {
  const at = text.indexOf(':');
  const found = parseAddressPort(text.slice(at + 1));
  if (found === undefined) return;
  const family = found.address.length === 4 ? 4 : 6;
  const key = `${text.slice(0, at)} ${family}`;
  const address = text.slice(at + 1, text.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  const known = ends.get(key);
  if (known === undefined) ends.set(key, { address, port: found.port });
  else
    ends.set(key, {
      address: known.address === address ? address : UNKNOWN[family],
      port: known.port === found.port ? found.port : 0,
    });
}
