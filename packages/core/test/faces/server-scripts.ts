import { once } from 'node:events';
import type net from 'node:net';
import type { Script, Sockets } from './transcript.js';

const EVENTS = ['listening', 'connection', 'drop', 'error', 'close'];
const HOST = '127.0.0.1';

function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}

async function client(sockets: Sockets, port: number): Promise<net.Socket> {
  const socket = sockets.connect({ host: HOST, port });
  await once(socket, 'connect');
  return socket.on('error', () => {});
}

export const serverScripts: Readonly<Record<string, Script>> = {
  'listening, a connection, close': async (sockets, transcript) => {
    const server = transcript.watch(
      'server',
      sockets.server({}, (socket) => socket.end('welcome')),
      EVENTS,
    );
    transcript.say('server', server.listening, server.address());
    server.listen(0, HOST);
    await once(server, 'listening');
    transcript.port(portOf(server), 'PORT');
    transcript.say('server', server.listening, server.address());
    const socket = transcript.watch('client', await client(sockets, portOf(server)), ['data', 'end', 'close']);
    await once(socket, 'close');
    transcript.say('server', server.close() === server);
    await once(server, 'close');
    transcript.say('server', server.listening, server.address());
  },
  'listen in all its forms': async (sockets, transcript) => {
    const forms: ((server: net.Server, done: () => void) => unknown)[] = [
      (server, done) => server.listen(0, HOST, done),
      (server, done) => server.listen(0, HOST, 10, done),
      (server, done) => server.listen({ port: 0, host: HOST }, done),
      (server, done) => server.listen({ port: 0, host: HOST, backlog: 5 }).once('listening', done),
      (server, done) => server.listen({ port: '0' as never, host: HOST }, done),
    ];
    for (const form of forms) {
      const server = sockets.server();
      await new Promise<void>((resolve) => transcript.say('server', form(server, resolve) === server));
      const { address, family, port } = server.address() as net.AddressInfo;
      transcript.say('server', address, family, port > 0);
      await new Promise((resolve) => server.close(resolve));
    }
  },
  'a port in use is an error with all its fields': async (sockets, transcript) => {
    const first = sockets.server().listen(0, HOST);
    await once(first, 'listening');
    const port = transcript.port(portOf(first), 'PORT');
    const second = transcript.watch('second', sockets.server(), EVENTS).listen(port, HOST);
    await new Promise((resolve) => second.once('error', resolve));
    transcript.say('second', second.listening, second.address());
    first.close();
    await once(first, 'close');
    second.listen(port, HOST);
    await once(second, 'listening');
    second.close();
    await once(second, 'close');
  },
  'listening twice is a mistake, and so is closing twice': async (sockets, transcript) => {
    const server = transcript.watch('server', sockets.server(), EVENTS).listen(0, HOST);
    await once(server, 'listening');
    transcript.throws('server', 'listen', () => server.listen(0, HOST));
    await new Promise<void>((resolve) => server.close((error) => resolve(transcript.say('server', 'first', error ?? null))));
    await new Promise<void>((resolve) => server.close((error) => resolve(transcript.say('server', 'second', error?.message))));
    transcript.throws('server', 'listen', () => server.listen(70_000, HOST));
  },
  'close waits for the connections': async (sockets, transcript) => {
    const server = transcript.watch('server', sockets.server().listen(0, HOST), ['close']);
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    const socket = await client(sockets, portOf(server));
    const [peer] = await accepted;
    server.close(() => transcript.say('server', 'the callback of close'));
    transcript.say('server', server.listening);
    server.getConnections((error, count) => transcript.say('server', error, count));
    peer.resume();
    await new Promise((resolve) => setTimeout(resolve, 20));
    transcript.say('server', 'the client ends');
    socket.resume().end();
    await once(server, 'close');
    server.getConnections((error, count) => transcript.say('server', error, count));
    await new Promise((resolve) => setImmediate(resolve));
  },
  'more than maxConnections are dropped': async (sockets, transcript) => {
    const server = transcript.watch('server', sockets.server().listen(0, HOST), ['connection']);
    await once(server, 'listening');
    server.maxConnections = 1;
    const first = await client(sockets, portOf(server));
    const dropped = once(server, 'drop') as Promise<[net.DropArgument]>;
    const second = transcript.watch('second', await client(sockets, portOf(server)), ['end', 'close']);
    second.resume();
    const [data] = await dropped;
    transcript.say(
      'server',
      'drop',
      data.localAddress,
      data.localFamily,
      data.localPort === portOf(server),
      data.remoteFamily,
      Object.keys(data).sort(),
    );
    await new Promise((resolve) => (second.closed ? resolve(0) : second.once('close', resolve)));
    first.destroy();
    server.close();
    await once(server, 'close');
  },
  'a signal closes the server': async (sockets, transcript) => {
    const stop = new AbortController();
    const server = transcript.watch('server', sockets.server(), EVENTS);
    server.listen({ port: 0, host: HOST, signal: stop.signal });
    await once(server, 'listening');
    stop.abort();
    await once(server, 'close');
    transcript.say('server', server.listening);
  },
  'accepted sockets know their server and are paused when told': async (sockets, transcript) => {
    const server = sockets.server({ pauseOnConnect: true }).listen(0, HOST);
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    const socket = await client(sockets, portOf(server));
    const [peer] = await accepted;
    transcript.watch('peer', peer, ['end', 'close']);
    transcript.say('peer', peer.isPaused(), (peer as unknown as { server: unknown }).server === server, peer.readyState);
    socket.resume().end('later');
    await once(socket, 'finish');
    transcript.say('peer', peer.isPaused());
    peer.on('data', (bytes) => transcript.say('peer', String(bytes))).resume();
    await once(peer, 'close');
    server.close();
    await once(server, 'close');
  },
  'settings return the server, and disposing closes it': async (sockets, transcript) => {
    const server = transcript.watch('server', sockets.server().listen(0, HOST), ['close']);
    await once(server, 'listening');
    transcript.say('server', server.ref() === server, server.unref() === server, server.ref() === server);
    await server[Symbol.asyncDispose]();
    transcript.say('server', server.listening);
    await server[Symbol.asyncDispose]();
  },
  'maxConnections of 0 is no limit': async (sockets, transcript) => {
    const server = transcript.watch('server', sockets.server({}, (socket) => socket.end()).listen(0, HOST), ['drop', 'close']);
    await once(server, 'listening');
    server.maxConnections = 0;
    const socket = transcript.watch('client', await client(sockets, portOf(server)), ['end', 'close']);
    await once(socket.resume(), 'close');
    server.close();
    await once(server, 'close');
  },
  'what sockets begin with may be changed while it listens': async (sockets, transcript) => {
    const server = sockets.server({ keepAliveInitialDelay: 5_900, noDelay: true }) as net.Server & Record<string, unknown>;
    for (const name of ['allowHalfOpen', 'pauseOnConnect', 'noDelay', 'keepAlive', 'keepAliveInitialDelay', 'highWaterMark'])
      transcript.say('server', name, server[name]);
    server.allowHalfOpen = true;
    server.highWaterMark = 7;
    server.listen(0, HOST);
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    const socket = await client(sockets, portOf(server));
    const [peer] = await accepted;
    transcript.say('peer', peer.allowHalfOpen, peer.readableHighWaterMark, peer.writableHighWaterMark);
    socket.destroy();
    peer.destroy();
    server.close();
    await once(server, 'close');
  },
};
