import type dgram from 'node:dgram';
import { once } from 'node:events';
import { type Script, type Sockets, Transcript } from './transcript.js';

const EVENTS = ['listening', 'message', 'connect', 'error', 'close'];
const HOST = '127.0.0.1';

async function bound(sockets: Sockets, transcript: Transcript, who: string): Promise<dgram.Socket> {
  const socket = transcript.watch(who, sockets.datagrams(), EVENTS);
  socket.bind(0, HOST);
  await once(socket, 'listening');
  transcript.port(socket.address().port, who.toUpperCase());
  return socket;
}

async function closeAll(...sockets: readonly dgram.Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
}

export const datagramScripts: Readonly<Record<string, Script>> = {
  'bound on both sides: question and answer with where they came from': async (sockets, transcript) => {
    const [a, b] = [await bound(sockets, transcript, 'a'), await bound(sockets, transcript, 'b')];
    b.on('message', (message, from) => b.send(message.reverse(), from.port, from.address));
    a.send('abc', b.address().port, HOST, (error, bytes) => transcript.say('callback', error, bytes));
    await once(a, 'message');
    transcript.say('a', a.address());
    await closeAll(a, b);
  },
  'send in all its forms': async (sockets, transcript) => {
    const [a, b] = [await bound(sockets, transcript, 'a'), await bound(sockets, transcript, 'b')];
    const { port } = b.address();
    const bytes = Buffer.from('0123456789');
    const forms: ((done: (error: Error | null, bytes: number) => void) => void)[] = [
      (done) => a.send('text', port, HOST, done),
      (done) => a.send(bytes, port, HOST, done),
      (done) => a.send(new Uint8Array([65, 66]), port, HOST, done),
      (done) => a.send(['list ', Buffer.from('of '), 'parts'], port, HOST, done),
      (done) => a.send(bytes, 2, 3, port, HOST, done),
      (done) => a.send(bytes, 0, 4, port, done),
      (done) => a.send(bytes, port, done),
      (done) => a.send('', port, HOST, done),
      (done) => a.send([], port, HOST, done),
    ];
    for (const form of forms) {
      const heard = once(b, 'message');
      await new Promise<void>((resolve) => form((error, count) => resolve(transcript.say('callback', error, count))));
      await heard;
    }
    await closeAll(a, b);
  },
  'the first send binds by itself': async (sockets, transcript) => {
    const b = await bound(sockets, transcript, 'b');
    const a = transcript.watch('a', sockets.datagrams(), ['listening', 'error', 'close']);
    transcript.throws('a', 'address', () => a.address());
    const heard = once(b, 'message');
    a.send('first', b.address().port, HOST);
    a.send('second', b.address().port, HOST);
    await once(a, 'listening');
    transcript.port(a.address().port, 'A');
    transcript.say('a', a.address().address);
    await heard;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await closeAll(a, b);
  },
  'connected: send without an address, and nothing from others': async (sockets, transcript) => {
    const [a, b, c] = [await bound(sockets, transcript, 'a'), await bound(sockets, transcript, 'b'), await bound(sockets, transcript, 'c')];
    transcript.throws('a', 'remoteAddress', () => a.remoteAddress());
    a.connect(b.address().port, HOST, () => transcript.say('a', 'the callback of connect'));
    await once(a, 'connect');
    transcript.say('a', a.remoteAddress());
    transcript.throws('a', 'connect', () => a.connect(1, HOST));
    transcript.throws('a', 'send', () => a.send('x', b.address().port, HOST));
    c.send('stranger', a.address().port, HOST);
    a.send('hello', (error, bytes) => transcript.say('callback', error, bytes));
    a.send(Buffer.from('0123'), 1, 2);
    b.on('message', (_message, from) => b.send('answer', from.port, from.address));
    await once(a, 'message');
    await new Promise((resolve) => setTimeout(resolve, 10));
    a.disconnect();
    transcript.throws('a', 'disconnect', () => a.disconnect());
    await closeAll(a, b, c);
  },
  'mistakes are thrown': async (sockets, transcript) => {
    const a = await bound(sockets, transcript, 'a');
    transcript.throws('a', 'bind twice', () => a.bind(0));
    transcript.throws('a', 'port 0', () => a.send('x', 0, HOST));
    transcript.throws('a', 'port 70000', () => a.send('x', 70_000, HOST));
    transcript.throws('a', 'no port', () => a.send('x'));
    transcript.throws('a', 'a number', () => a.send(1 as never, 1, HOST));
    transcript.throws('a', 'address', () => a.send('x', 1, 7 as never));
    transcript.throws('a', 'length', () => a.send(Buffer.from('abc'), 0, 10, 1, HOST));
    await closeAll(a);
    transcript.throws('a', 'close twice', () => a.close());
    transcript.throws('a', 'send', () => a.send('x', 1, HOST));
    transcript.throws('a', 'bind', () => a.bind(0));
    transcript.throws('a', 'address', () => a.address());
  },
  'a port in use is an error with all its fields': async (sockets, transcript) => {
    const a = await bound(sockets, transcript, 'a');
    const second = transcript.watch('second', sockets.datagrams(), EVENTS);
    second.bind(a.address().port, HOST);
    await new Promise((resolve) => second.once('error', resolve));
    await closeAll(a);
  },
  'too large is EMSGSIZE': async (sockets, transcript) => {
    const [a, b] = [await bound(sockets, transcript, 'a'), await bound(sockets, transcript, 'b')];
    await new Promise<void>((resolve) =>
      a.send(Buffer.alloc(65_508), b.address().port, HOST, (error) =>
        resolve(transcript.say('callback', { ...error, message: error?.message })),
      ),
    );
    await closeAll(a, b);
  },
  'a signal closes it, and so does disposing': async (sockets, transcript) => {
    const stop = new AbortController();
    const a = transcript.watch('a', sockets.datagrams({ type: 'udp4', signal: stop.signal }), EVENTS);
    a.bind(0, HOST);
    await once(a, 'listening');
    transcript.say('a', a.ref() === a, a.unref() === a);
    stop.abort();
    await once(a, 'close');
    const b = await bound(sockets, transcript, 'b');
    await b[Symbol.asyncDispose]();
  },
  'close right after the first send waits for the port': async (sockets, transcript) => {
    // Whether the datagram still leaves is chance in Node.
    const b = await bound(sockets, new Transcript(), 'b');
    const a = transcript.watch('a', sockets.datagrams(), ['listening', 'error', 'close']);
    a.send('last words', b.address().port, HOST);
    await new Promise<void>((resolve) => a.close(resolve));
    await closeAll(b);
  },
  'a bind that failed forgets its callback': async (sockets, transcript) => {
    const a = await bound(sockets, transcript, 'a');
    const second = transcript.watch('second', sockets.datagrams(), ['listening', 'close']);
    const failed = once(second, 'error').catch(() => {});
    second.bind(a.address().port, HOST, () => transcript.say('second', 'the first callback'));
    await failed;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise<void>((resolve) => second.bind(0, HOST, () => resolve(transcript.say('second', 'the second callback'))));
    await closeAll(a, second);
  },
};
