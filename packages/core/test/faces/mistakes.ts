import type { Sockets } from './transcript.js';

const HOST = '127.0.0.1';
/** One of each kind that a caller may hand over by mistake. */
const VALUES: readonly unknown[] = [null, '', ' ', 'x', -1, 1.5, 65_536, Number.NaN, true, {}, [], () => {}];

type Call = (sockets: Sockets, value: never) => unknown;

function lookup(_name: string, _options: unknown, answer: (error: Error) => void): void {
  answer(new Error('no names here'));
}

/** Calls with a mistake in one argument. What they open, if anything, is closed again. */
const CALLS: Readonly<Record<string, Call>> = {
  'connect({ port })': ({ connect }, port) => connect({ host: HOST, port }).on('error', () => {}),
  'connect({ localAddress })': ({ connect }, localAddress) => connect({ host: HOST, port: 1, localAddress }).on('error', () => {}),
  'connect({ localPort })': ({ connect }, localPort) =>
    typeof localPort === 'number' || connect({ host: HOST, port: 1, localPort }).destroy(),
  'connect({ lookup })': ({ connect }, lookup) =>
    connect({ host: 'x.invalid', port: 1, lookup })
      .on('error', () => {})
      .destroy(),
  'connect({ autoSelectFamily })': ({ connect }, autoSelectFamily) =>
    connect({ host: 'x', port: 1, lookup: lookup as never, autoSelectFamily }).on('error', () => {}),
  'connect({ autoSelectFamilyAttemptTimeout })': ({ connect }, autoSelectFamilyAttemptTimeout) =>
    connect({ host: 'x', port: 1, lookup: lookup as never, autoSelectFamilyAttemptTimeout }).on('error', () => {}),
  'socket({ highWaterMark })': ({ socket }, highWaterMark) => socket({ highWaterMark } as never).writableHighWaterMark,
  'socket({ readableHighWaterMark })': ({ socket }, readableHighWaterMark) =>
    socket({ readableHighWaterMark } as never).readableHighWaterMark,
  'socket({ allowHalfOpen })': ({ socket }, allowHalfOpen) => socket({ allowHalfOpen }).allowHalfOpen,
  'socket({ objectMode })': ({ socket }, objectMode) => void socket({ objectMode } as never),
  'socket({ signal })': ({ socket }, signal) => void socket({ signal }),
  'socket({ keepAliveInitialDelay })': ({ socket }, keepAliveInitialDelay) => void socket({ keepAliveInitialDelay } as never),
  'socket.setTimeout(value)': ({ socket }, value) => socket().setTimeout(value).timeout,
  'socket.setTimeout(10, value)': ({ socket }, value) => socket().setTimeout(10, value).listenerCount('timeout'),
  'server(value)': ({ server }, value) => typeof value === 'function' || void server(value),
  'server({ keepAliveInitialDelay })': ({ server }, keepAliveInitialDelay) =>
    (server({ keepAliveInitialDelay }) as never as Record<string, unknown>).keepAliveInitialDelay,
  'server({ highWaterMark })': ({ server }, highWaterMark) => (server({ highWaterMark }) as never as Record<string, unknown>).highWaterMark,
  'server.listen({ port })': ({ server }, port) => void server().listen({ host: HOST, port }).close(),
  'server.listen({ signal })': ({ server }, signal) => void server().listen({ host: HOST, port: 0, signal }).close(),
  'server.listen({ path })': ({ server }, path) => Boolean(path) || void server().listen({ path }).close(),
  'server.close(value)': ({ server }, value) => typeof value === 'function' || void server().close(value),
  'datagrams({ type })': ({ datagrams }, type) => datagrams({ type: type ?? 'none' }).close(),
  'datagrams({ signal })': ({ datagrams }, signal) => void datagrams({ type: 'udp4', signal }).close(),
  'datagrams.connect(value)': ({ datagrams }, value) => used(datagrams, (socket) => socket.connect(value)),
  'datagrams.connect(1, value)': ({ datagrams }, value) => used(datagrams, (socket) => socket.connect(1, value)),
  'datagrams.send(value, …)': ({ datagrams }, value) => used(datagrams, (socket) => socket.send(value, 9, HOST)),
  'datagrams.send([value], …)': ({ datagrams }, value) => used(datagrams, (socket) => socket.send([value], 9, HOST)),
  'datagrams.send(…, port)': ({ datagrams }, value) => used(datagrams, (socket) => socket.send('x', value, HOST)),
  'datagrams.send(…, offset, …)': ({ datagrams }, value) => used(datagrams, (socket) => socket.send('abc', value, 2, 9, HOST)),
  'datagrams.send(…, length, …)': ({ datagrams }, value) => used(datagrams, (socket) => socket.send('abc', 0, value, 9, HOST)),
  'datagrams.send(…, address)': ({ datagrams }, value) =>
    (typeof value === 'string' && value !== '') || used(datagrams, (socket) => socket.send('x', 9, value)),
  'datagrams.sendto(…, address)': ({ datagrams }, value) =>
    used(datagrams, (socket) => (socket as never as SendTo).sendto('x', 0, 1, 9, value)),
  'datagrams.setTTL(value)': ({ datagrams }, value) => typeof value === 'number' || used(datagrams, (socket) => socket.setTTL(value)),
  'datagrams.setRecvBufferSize(value)': ({ datagrams }, value) =>
    value === 65_536 || used(datagrams, (socket) => socket.setRecvBufferSize(value)),
};

interface SendTo {
  sendto(message: string, offset: number, length: number, port: number, address: string): void;
}

function used(datagrams: Sockets['datagrams'], use: (socket: ReturnType<Sockets['datagrams']>) => unknown): unknown {
  const socket = datagrams().on('error', () => {});
  try {
    return use(socket);
  } finally {
    socket.close();
  }
}

/** What each call threw for each value, or returned. */
export function mistakes(sockets: Sockets): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(CALLS).map(([name, call]) => [name, VALUES.map((value) => outcome(() => call(sockets, value as never)))]),
  );
}

function outcome(call: () => unknown): string {
  try {
    const got = call();
    return typeof got === 'object' || got === undefined ? 'accepted' : String(got);
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    return `${error.constructor.name} ${error.name} ${error.code}: ${error.message}`;
  }
}
