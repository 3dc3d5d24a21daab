import { type Bind, type BindHandle, type Bytes, defineBind, definePlugin, namedRemote, type Plugin, provideBind } from '@heddle/core';
import { BatchRun } from './batch-run.js';
import type { MemoryPort, MemoryWire } from './memory-network.js';

export interface MemoryBindOptions {
  readonly network: MemoryWire;
  /** Where others reach this node: `mem:name`. */
  readonly name: string;
  /** First part of its remotes. Default `mem`. */
  readonly scheme?: string;
  /** Larger datagrams are refused by core. Default 65,507. */
  readonly largestDatagram?: number;
}

const NAME = /^[\w.:[\]-]{1,128}$/;

/** The plugin of `memoryBind`. */
export function memory(options: MemoryBindOptions): Plugin {
  const scheme = options.scheme ?? 'mem';
  return definePlugin({
    name: `@heddle/testing/${scheme}`,
    provides: [provideBind(scheme, [], () => memoryBind(options))],
  });
}

/** A Bind over a network in memory. Its remotes are names; what is sent arrives from the clock, never in the sender's stack. */
export function memoryBind(options: MemoryBindOptions): Bind {
  const { network, name, scheme = 'mem', largestDatagram = 65_507 } = options;
  return defineBind<MemoryPort>({
    scheme,
    traits: { largestDatagram },
    open: (handle) => openPort(network, name, handle),
    send: (port, to, batch) => port.send(to.text.slice(scheme.length + 1), batch),
    close: (port) => port.close(),
    parse: (rest) => (NAME.test(rest) ? namedRemote(rest) : undefined),
  });
}

/** The handle learns of pressure from a send that was not taken whole. */
async function openPort(network: MemoryWire, name: string, handle: BindHandle): Promise<MemoryPort> {
  const { clock, pool } = handle.context;
  const run = new BatchRun(pool, (batch) => handle.deliver(batch));
  const port = await network.attach(name, {
    clock,
    receive: (from, datagrams) => receive(run, handle, from, datagrams),
    writable: () => handle.writable(true),
  });
  handle.endpoints([{ remote: handle.remote(name, () => namedRemote(name)), kind: 'local' }]);
  return {
    send(to, batch) {
      const taken = port.send(to, batch);
      if (taken < batch.count) handle.writable(false);
      return taken;
    },
    close: () => port.close(),
  };
}

function receive(run: BatchRun, handle: BindHandle, from: string, datagrams: readonly Bytes[]): void {
  const remote = handle.remote(from, () => namedRemote(from));
  for (let i = 0; i < datagrams.length; i++) {
    const bytes = datagrams[i]!;
    run.push(bytes, 0, bytes.length, datagrams.length - i - 1, remote);
  }
  run.flush();
}
