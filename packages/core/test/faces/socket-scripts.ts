import { once } from 'node:events';
import type net from 'node:net';
import type { Script, Sockets, Transcript } from './transcript.js';

const EVENTS = ['connect', 'ready', 'data', 'end', 'finish', 'timeout', 'error', 'close'];
const HOST = '127.0.0.1';

interface Pair {
  readonly client: net.Socket;
  readonly peer: net.Socket;
  readonly server: net.Server;
  readonly port: number;
  /** Resolves when both sockets and the server have closed. */
  readonly over: Promise<unknown>;
}

interface PairOptions {
  readonly client?: object;
  readonly server?: net.ServerOpts;
  readonly events?: readonly string[];
}

/** A connection with both ends written down. */
async function pair(sockets: Sockets, transcript: Transcript, options: PairOptions = {}): Promise<Pair> {
  const server = sockets.server(options.server);
  server.listen(0, HOST);
  await once(server, 'listening');
  const port = transcript.port((server.address() as net.AddressInfo).port, 'PORT');
  const client = sockets.connect({ host: HOST, port, ...options.client });
  const events = options.events ?? EVENTS;
  transcript.watch('client', client, events);
  const connected = once(client, 'connect');
  const [peer] = (await once(server, 'connection')) as [net.Socket];
  transcript.watch('peer', peer, events);
  const over = Promise.all([closed(client), closed(peer)]);
  await connected;
  transcript.port(client.localPort!, 'CLIENT');
  server.close();
  return { client, peer, server, port, over };
}

/** Unlike events.once it does not reject on an error. */
function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** A port on which nobody listens. */
async function freePort(sockets: Sockets): Promise<number> {
  const server = sockets.server().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const swallow = (): void => {};

export const socketScripts: Readonly<Record<string, Script>> = {
  'a conversation: connect, data both ways, end, close': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript);
    client.write('question');
    await once(peer, 'data');
    peer.end('answer');
    await over;
  },
  'the other side ends first: this side follows by itself': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript);
    peer.end();
    await over;
    transcript.say('client', client.readyState, client.destroyed, client.writableEnded);
  },
  'half-open on both sides: each ends for itself': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { client: { allowHalfOpen: true }, server: { allowHalfOpen: true } });
    client.end('all I have');
    await Promise.all([once(peer, 'end'), once(client, 'finish')]);
    transcript.say('peer', peer.readyState, peer.readable, peer.writable, peer.allowHalfOpen);
    transcript.say('client', client.readyState, client.readable, client.writable, client.allowHalfOpen);
    peer.write('still');
    peer.end(' talking');
    await once(client, 'end');
    await over;
  },
  'the states of a socket from opening to closed': async (sockets, transcript) => {
    const fresh = sockets.socket();
    const state = (socket: net.Socket): unknown[] => [socket.readyState, socket.pending, socket.connecting, socket.destroyed];
    transcript.say('fresh', ...state(fresh), fresh.address(), fresh.remoteAddress, fresh.localPort, fresh.bytesRead, fresh.bytesWritten);
    const server = sockets.server().listen(0, HOST);
    await once(server, 'listening');
    fresh.connect((server.address() as net.AddressInfo).port, HOST);
    transcript.say('fresh', ...state(fresh));
    await once(fresh, 'connect');
    transcript.say('fresh', ...state(fresh));
    fresh.end();
    transcript.say('fresh', ...state(fresh));
    fresh.destroy();
    transcript.say('fresh', ...state(fresh));
    await once(fresh, 'close');
    transcript.say('fresh', ...state(fresh), fresh.address(), fresh.remoteAddress, fresh.closed);
    server.close();
  },
  'addresses of both ends, and none after the end': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript);
    for (const [who, socket] of Object.entries({ client, peer })) {
      transcript.say(who, socket.address(), socket.localAddress, socket.localPort, socket.localFamily);
      transcript.say(who, socket.remoteAddress, socket.remotePort, socket.remoteFamily);
    }
    client.destroy();
    peer.destroy();
    await over;
    transcript.say('client', client.address(), client.localAddress, client.remotePort, client.remoteFamily);
  },
  'a refused port is an error with all its fields': async (sockets, transcript) => {
    const port = transcript.port(await freePort(sockets), 'PORT');
    const client = transcript.watch('client', sockets.connect({ host: HOST, port }), [
      ...EVENTS,
      'connectionAttempt',
      'connectionAttemptFailed',
    ]);
    await closed(client);
    transcript.say('client', client.readyState, client.destroyed, client.connecting);
  },
  'what was written while connecting is sent when connected': async (sockets, transcript) => {
    const server = sockets.server({}, (peer) => peer.pipe(peer)).listen(0, HOST);
    await once(server, 'listening');
    const client = sockets.connect({ host: HOST, port: (server.address() as net.AddressInfo).port });
    transcript.watch('client', client, EVENTS);
    transcript.say('client', client.write('early '), client.bytesWritten, client.writableLength);
    client.end('bird', () => transcript.say('client', 'the callback of end'));
    await closed(client);
    transcript.say('client', client.bytesWritten, client.bytesRead);
    server.close();
  },
  'destroyed while connecting: no connect, one close': async (sockets, transcript) => {
    const server = sockets.server().listen(0, HOST);
    await once(server, 'listening');
    const client = sockets.connect({ host: HOST, port: (server.address() as net.AddressInfo).port });
    transcript.watch('client', client, EVENTS);
    client.destroy();
    await closed(client);
    transcript.say('client', client.connecting, client.readyState);
    server.close();
  },
  'destroyed with an error: error, then close with true': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    client.destroy(new Error('enough'));
    await over;
  },
  'a reset is ECONNRESET at the other side': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    client.resetAndDestroy();
    await over;
  },
  'resetAndDestroy before the connection is an error': async (sockets, transcript) => {
    const client = transcript.watch('client', sockets.socket(), EVENTS);
    client.resetAndDestroy();
    await closed(client);
  },
  'a write after end is an error': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    client.end();
    client.write('too late', (error) => transcript.say('callback', (error as NodeJS.ErrnoException).code));
    await over;
  },
  'a write after both sides have ended is EPIPE': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { events: ['data', 'end', 'error', 'close'] });
    client.once('end', () => {
      setImmediate(() =>
        transcript.say(
          'client',
          client.write('x', (error) => transcript.say('callback', (error as NodeJS.ErrnoException).code)),
        ),
      );
    });
    peer.end();
    await over;
  },
  'a write without a connection is an error': async (sockets, transcript) => {
    const client = transcript.watch('client', sockets.socket(), EVENTS);
    client.write('nowhere', (error) => transcript.say('callback', (error as NodeJS.ErrnoException).code));
    await closed(client);
  },
  'setTimeout tells of silence and does not close': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript);
    transcript.say('client', client.setTimeout(30) === client, client.timeout);
    await once(client, 'timeout');
    transcript.say('client', client.destroyed);
    client.setTimeout(0, swallow);
    transcript.say('client', client.timeout, client.listenerCount('timeout'));
    client.end();
    peer.resume();
    await over;
  },
  'the option timeout is a call of setTimeout': async (sockets, transcript) => {
    // Longer than connecting takes on a busy machine: silence is what comes after it.
    const { client, over } = await pair(sockets, transcript, { client: { timeout: 250 } });
    await once(client, 'timeout');
    transcript.say('client', client.timeout);
    client.end();
    await over;
  },
  'settings return the socket': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    transcript.say(
      'client',
      client.setNoDelay() === client,
      client.setNoDelay(false) === client,
      client.setKeepAlive(true, 1000) === client,
    );
    transcript.say('client', client.ref() === client, client.unref() === client, client.ref() === client);
    transcript.throws('client', 'setTimeout(-1)', () => client.setTimeout(-1));
    transcript.throws('client', 'setTimeout(text)', () => client.setTimeout('x' as never));
    transcript.say(
      'client',
      client.pause() === client,
      client.isPaused(),
      client.resume() === client,
      client.setEncoding('utf8') === client,
    );
    client.end();
    await over;
  },
  'destroySoon sends what was written': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript, { events: ['finish', 'data', 'error', 'close'] });
    client.write('last words');
    (client as unknown as { destroySoon(): void }).destroySoon();
    await over;
  },
  'corked writes arrive as one': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    client.cork();
    for (const word of ['one ', 'two ', 'three']) client.write(word, 'utf8', (error) => transcript.say('callback', word, error ?? null));
    transcript.say('client', client.writableLength, client.bytesWritten);
    client.uncork();
    client.end();
    await over;
    transcript.say('client', client.bytesWritten);
  },
  'strings in any encoding': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    client.write('68c3a9', 'hex');
    client.write('aGk=', 'base64');
    client.end('ÿ', 'latin1');
    await over;
    transcript.say('client', client.bytesWritten);
  },
  'a paused socket gives nothing, and everything when resumed': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript);
    peer.pause();
    client.end('kept');
    await once(client, 'finish');
    transcript.say('peer', peer.isPaused());
    peer.resume();
    await over;
  },
  'an aborted signal destroys with AbortError': async (sockets, transcript) => {
    const stop = new AbortController();
    const { over } = await pair(sockets, transcript, { client: { signal: stop.signal } });
    stop.abort();
    await over;
  },
  'mistakes in connect are thrown': async (sockets, transcript) => {
    transcript.throws('connect', 'port 70000', () => sockets.connect({ host: HOST, port: 70_000 }));
    transcript.throws('connect', 'port -1', () => sockets.connect({ host: HOST, port: -1 }));
    transcript.throws('connect', 'no port', () => sockets.connect({ host: HOST } as never));
  },
  'a socket that has closed may connect again': async (sockets, transcript) => {
    const server = sockets.server({}, (peer) => peer.end('hello')).listen(0, HOST);
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const client = transcript.watch('client', sockets.socket(), EVENTS);
    for (let round = 0; round < 2; round++) {
      client.connect({ port, host: HOST });
      await closed(client);
      transcript.say('client', client.destroyed, client.bytesRead);
    }
    server.close();
  },
  'asyncIterator gives the bytes and ends': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { events: ['close'] });
    peer.end('one two');
    let text = '';
    for await (const part of client) text += String(part);
    transcript.say('client', text);
    peer.destroy();
    await over;
  },
  'a name is looked up, and told': async (sockets, transcript) => {
    const server = sockets.server({}, (peer) => peer.end('found')).listen(0, HOST);
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    transcript.port(port, 'PORT');
    const lookup: net.LookupFunction = (name, options, callback) => {
      transcript.say('lookup', name, options.all ?? false);
      setImmediate(callback, null, [{ address: HOST, family: 4 }]);
    };
    const client = sockets.connect({ host: 'somewhere', port, lookup });
    transcript.watch('client', client, ['lookup', 'connectionAttempt', ...EVENTS]);
    await closed(client);
    server.close();
  },
  'a name that nobody knows is an error': async (sockets, transcript) => {
    const lookup: net.LookupFunction = (_name, _options, callback) =>
      setImmediate(callback, Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '');
    const client = sockets.connect({ host: 'nowhere', port: 1, lookup });
    transcript.watch('client', client, EVENTS);
    client.on('lookup', (error) => transcript.say('client', 'lookup', (error as NodeJS.ErrnoException).code));
    await closed(client);
    transcript.say('client', client.connecting, client.destroyed);
  },
  'a second destroy changes nothing, and a write after it is an error': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript);
    transcript.say('client', client.destroy() === client, client.destroy(new Error('late')) === client);
    transcript.say(
      'client',
      client.write('x', (error) => transcript.say('callback', (error as NodeJS.ErrnoException).code)),
    );
    peer.end();
    await over;
    transcript.say('client', client.destroyed, client.errored);
  },
  'callbacks of write come in order, and that of end last': async (sockets, transcript) => {
    const { client, over } = await pair(sockets, transcript);
    for (const word of ['a', 'b', 'c']) client.write(word, () => transcript.say('client', 'wrote', word));
    client.end('d', () => transcript.say('client', 'ended'));
    await over;
  },
  'pipe carries everything there and back': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { events: ['end', 'close'] });
    peer.pipe(peer);
    let count = 0;
    client.on('data', (bytes: Buffer) => {
      count += bytes.length;
    });
    client.end(Buffer.alloc(1_000_000, 7));
    await over;
    transcript.say('client', count, client.bytesRead, client.bytesWritten);
  },
  'destroyed while bytes wait unread: the other side is reset': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { events: ['error', 'close'] });
    peer.removeAllListeners('data');
    peer.pause();
    client.write(Buffer.alloc(2_000_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.destroy();
    await over;
    transcript.say('client', client.errored !== null);
  },
  'bytes are counted': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { events: ['close'] });
    client.resume();
    client.write(Buffer.alloc(1_000));
    await once(peer, 'data');
    peer.end(Buffer.alloc(300));
    await over;
    transcript.say('client', client.bytesRead, client.bytesWritten);
    transcript.say('peer', peer.bytesRead, peer.bytesWritten);
  },
  'write is false when no more is taken, and drain follows when it is': async (sockets, transcript) => {
    const { client, peer, over } = await pair(sockets, transcript, { events: ['close'] });
    peer.pause();
    transcript.say('client', client.write('small'), client.writableNeedDrain, client.writableLength, client.writableHighWaterMark);
    while (client.write(Buffer.alloc(100_000))) await new Promise((resolve) => setImmediate(resolve));
    transcript.say('client', client.writableNeedDrain, client.writableLength > 0);
    peer.resume();
    client.resume();
    await once(client, 'drain');
    transcript.say('client', client.writableLength, client.writableNeedDrain, client.write('more'));
    client.end();
    await over;
  },
  'the callback of a write that waited for the connection comes after connect, and before ready': async (sockets, transcript) => {
    const server = sockets.server({}, (peer) => peer.resume().end()).listen(0, HOST);
    await once(server, 'listening');
    const client = transcript.watch('client', sockets.connect({ host: HOST, port: (server.address() as net.AddressInfo).port }), EVENTS);
    client.write('early', () => transcript.say('client', 'wrote'));
    await closed(client);
    server.close();
  },
  'whoever awaits the connection hears of all that follows': async (sockets, transcript) => {
    const server = sockets.server({}, (peer) => peer.end()).listen(0, HOST);
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const client = sockets.connect({ host: HOST, port });
    const [accepted] = await Promise.all([once(server, 'connection') as Promise<[net.Socket]>, once(client, 'connect')]);
    transcript.watch('peer', accepted[0], ['end', 'close']);
    transcript.watch('client', client, ['end', 'close']);
    await Promise.all([closed(client), closed(accepted[0])]);
    server.close();
  },
  'what arrived before a reset is read first, also by who reads a turn later': async (sockets, transcript) => {
    const server = sockets.server().listen(0, HOST);
    await once(server, 'listening');
    const client = sockets.connect({ host: HOST, port: (server.address() as net.AddressInfo).port });
    const [peer] = (await once(server, 'connection')) as [net.Socket];
    peer.write('kept');
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.resetAndDestroy();
    try {
      for await (const bytes of client) transcript.say('client', String(bytes));
    } catch (error) {
      transcript.say('client', (error as Error).message);
    }
    server.close();
  },
  'end before connect waits for the connection': async (sockets, transcript) => {
    const client = transcript.watch('client', sockets.socket(), EVENTS);
    client.end(() => transcript.say('client', 'the callback of end'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    transcript.say('client', client.writableEnded, client.writableFinished);
    client.destroy();
    await closed(client);
  },
};
