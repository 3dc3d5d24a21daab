import {
  type Control,
  type ControlState,
  definePlugin,
  type Health,
  NetmapStream,
  type Peer,
  type Plugin,
  provideControl,
  Tokens,
} from '@heddle/core';
import { type Crypto, chooseCrypto } from '@heddle/crypto';
import { BehaviorSubject } from 'rxjs';

/** A node of a simulated tailnet, as its peers know it. */
export interface Member {
  readonly index: number;
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: string;
  readonly endpoint: string;
}

/** Members with keys by index: the same in each run. */
export function members(count: number, crypto: Crypto = chooseCrypto()): readonly Member[] {
  return Array.from({ length: count }, (_, index) => {
    const privateKey = new Uint8Array(32).fill(0x40);
    new DataView(privateKey.buffer).setUint32(4, index + 1);
    return {
      index,
      privateKey,
      publicKey: crypto.x25519.load(privateKey).publicKey,
      address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${(index & 255) + 1}`,
      endpoint: `mem:n${index}`,
    };
  });
}

export function peerOf(member: Member): Peer {
  const { address, endpoint, publicKey, index } = member;
  return {
    id: `n${index}`,
    name: `n${index}`,
    nodeKey: publicKey,
    addresses: [address],
    allowedIps: [`${address}/32`],
    endpoints: [endpoint],
  };
}

/** A Control that names the members once. */
export function staticPeers(self: Member, all: readonly Member[]): Plugin {
  return definePlugin({
    name: 'static-peers',
    provides: [
      provideControl([Tokens.Identity], (identity) => {
        const netmap = new NetmapStream();
        return {
          contract: 1,
          netmap$: netmap.changes$,
          state$: new BehaviorSubject<ControlState>({ is: 'online' }),
          health$: new BehaviorSubject<Health>({ ok: true, since: 0 }),
          publish: () => {},
          async open() {
            identity.adoptNodeKey(self.privateKey);
            const others = all.filter((member) => member !== self).map(peerOf);
            netmap.replace({ name: `n${self.index}`, addresses: [`${self.address}/8`] }, others);
          },
          async close() {
            netmap.complete();
          },
        } satisfies Control;
      }),
    ],
  });
}
