import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** Gives a request up when its connection is not there in time; a connection that is there may be as slow as it likes. */
export function dialLimit(back: ClientRequest, milliseconds: number): void {
  back.on('socket', (socket: Socket) => {
    if (!socket.connecting) return;
    const event = 'encrypted' in socket ? 'secureConnect' : 'connect';
    const onTimeout = (): void => void back.destroy(new Error('the target did not answer in time'));
    const arrived = (): void => void socket.setTimeout(0).off('timeout', onTimeout);
    socket.setTimeout(milliseconds).once('timeout', onTimeout).once(event, arrived);
  });
}
