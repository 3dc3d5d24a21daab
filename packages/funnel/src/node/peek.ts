import type { VisitorSocket } from './visitor-socket.js';

/**
 * Reads until `judge` has an answer, and puts what was read back, so that the next reader finds everything. Undefined: the connection ended, or
 * the signal aborted, before that. `judge` has to answer at `most` bytes.
 */
export function peek<T>(socket: VisitorSocket, judge: (bytes: Buffer) => T | undefined, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const finish = (answer: T | undefined): void => {
      socket.off('readable', onReadable).off('end', onGone).off('close', onGone).off('error', onGone);
      signal.removeEventListener('abort', onGone);
      if (answer !== undefined && bytes.length > 0) socket.unshift(bytes);
      resolve(answer);
    };
    const onGone = (): void => finish(undefined);
    const onReadable = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      bytes = Buffer.concat([bytes, chunk]);
      const answer = judge(bytes);
      if (answer !== undefined) finish(answer);
    };
    if (signal.aborted || socket.destroyed) return finish(undefined);
    socket.on('readable', onReadable).on('end', onGone).on('close', onGone).on('error', onGone);
    signal.addEventListener('abort', onGone);
  });
}
