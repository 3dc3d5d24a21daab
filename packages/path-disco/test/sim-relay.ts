import { type BindHandle, defineBind, definePlugin, type Plugin, provideBind, type RemoteParts, Tokens } from '@heddle/core';
import type { MemoryNetwork } from '@heddle/testing';

type Port = Awaited<ReturnType<MemoryNetwork['attach']>>;

/** A relay that delivers to node keys and vouches for them, as DERP does: `relay:1/<node key>`. */
export function simRelay(network: MemoryNetwork): Plugin {
  return definePlugin({
    name: '@heddle/sim-relay',
    provides: [
      provideBind('relay', [Tokens.Identity], (identity) =>
        defineBind<Port>({
          scheme: 'relay',
          traits: { relay: true },
          open: async (handle) =>
            network.attach(hexOf(identity.nodeKey!.publicKey), { clock: handle.context.clock, receive: receiver(handle) }),
          send: (port, to, batch) => port.send(to.text.slice('relay:1/'.length), batch),
          close: (port) => port.close(),
          parse: (rest) => parts(rest),
        }),
      ),
    ],
  });
}

export function relayText(nodeKey: Uint8Array): string {
  return `relay:1/${hexOf(nodeKey)}`;
}

function receiver(handle: BindHandle): (from: string, datagrams: readonly Uint8Array[]) => void {
  return (from, datagrams) => {
    const batch = handle.context.pool.of(...datagrams);
    if (batch === undefined) return;
    batch.remote = handle.remote(`1/${from}`, () => parts(`1/${from}`)!);
    handle.deliver(batch);
    batch.release();
  };
}

function parts(rest: string): RemoteParts | undefined {
  const hex = /^1\/([0-9a-f]{64})$/.exec(rest)?.[1];
  if (hex === undefined) return undefined;
  const nodeKey = Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  return { id: new TextEncoder().encode(rest), limitKey: rest, nodeKey };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
