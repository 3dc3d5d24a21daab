import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Logger } from '@heddle/core';
import { type UapiDevice, UapiSession } from './uapi-session.js';

/** Lets `wg` at the other end of a connection read and change the interface. */
export function serveConnection(connection: Socket, device: UapiDevice, log: Logger): void {
  const session = new UapiSession({
    device,
    answer: (text) => written(connection, text),
    end: () => connection.end(),
    hold: (on) => (on ? connection.pause() : connection.resume()),
    log: (errno, line) => log.error({ errno, line }, 'bad line of configuration'),
  });
  connection.on('data', (bytes: Buffer) => session.push(bytes));
  connection.on('end', () => session.finish());
}

async function written(connection: Socket, text: string): Promise<void> {
  if (connection.destroyed || connection.write(text)) return;
  await Promise.race([once(connection, 'drain'), once(connection, 'close')]).catch(() => undefined);
}
