import { join } from 'node:path';
import type { Logger } from '@heddle/core';
import { openTun } from '@heddle/native-linux';
import type { Invocation } from './invocation.js';
import { serveConnection } from './serve-connection.js';
import { UAPI_FOLDER, UapiSocket } from './uapi-socket.js';
import { WireGuardInterface } from './wireguard-interface.js';

/** MTU of a tunnel over Ethernet and IPv6. */
const MTU = 1420;

export interface InterfaceProcess {
  /** Resolves when somebody has deleted the interface or its socket. */
  readonly ended: Promise<void>;
  /** Idempotent: sockets, interface and socket file go. */
  close(): Promise<void>;
}

/** Makes the interface and its socket; `wg` finds it when this has resolved. Whatever fails leaves nothing behind. */
export async function startInterface(invocation: Invocation, logger: Logger): Promise<InterfaceProcess> {
  const { interfaceName, tunFd, uapiFd } = invocation;
  const device = await openTun(tunFd === undefined ? { name: interfaceName, mtu: MTU } : { fd: tunFd });
  const path = join(UAPI_FOLDER, `${device.link.name}.sock`);
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const wireGuard = new WireGuardInterface({ device, logger, deleted: () => end() });
  try {
    await wireGuard.start();
    const socket = await UapiSocket.open({
      path,
      ...(uapiFd !== undefined && { fd: uapiFd }),
      connected: (connection) => serveConnection(connection, wireGuard, logger),
      deleted: () => end(),
    });
    return { ended, close: closing(socket, wireGuard) };
  } catch (fault) {
    await wireGuard.close();
    device.close();
    throw fault;
  }
}

function closing(socket: UapiSocket, wireGuard: WireGuardInterface): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= socket.close().then(() => wireGuard.close());
    return closed;
  };
}
