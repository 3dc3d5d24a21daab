import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { loopbackCertificate } from '../../test/certificate.js';
import { machineUnderlay } from './machine-underlay.js';
import { nameTransport } from './name-transport.js';

const QUESTION = Uint8Array.from([0, 7, 1, 0, 0, 1]);
const ANSWER = Uint8Array.from([0, 7, 0x81, 0, 0, 1, 9, 9, 9]);
const never = new AbortController().signal;

async function portOf(server: { listen(port: number, host: string): unknown; address(): unknown }): Promise<number> {
  await once(server.listen(0, '127.0.0.1') as never, 'listening');
  return (server.address() as AddressInfo).port;
}

test('B2: over TCP messages stand behind their length, and may come byte by byte', async () => {
  const heard: number[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (bytes) => {
      heard.push(...bytes);
      if (heard.length === QUESTION.length + 2) for (const byte of [0, ANSWER.length, ...ANSWER, 0xff]) socket.write(Uint8Array.of(byte));
    });
  });
  const port = await portOf(server);
  const answer = await nameTransport().stream(QUESTION, { address: '127.0.0.1', port }, never);
  expect([...answer!]).toEqual([...ANSWER]);
  expect(heard).toEqual([0, QUESTION.length, ...QUESTION]);
  server.close();
});

test('B3: a server that says less than it announced, or nothing, gives no answer', async () => {
  const server = createServer((socket) => void socket.end(Uint8Array.of(0xff, 0xff, 1)));
  const port = await portOf(server);
  expect(await nameTransport().stream(QUESTION, { address: '127.0.0.1', port }, never)).toBeUndefined();
  server.close();
});

test('over HTTPS the message is the body; what is no DNS message, or comes from an unknown issuer, is no answer', async () => {
  const said = { type: 'application/dns-message', status: 200 };
  const bodies: Buffer[] = [];
  const server = createHttps(loopbackCertificate, (request, response) => {
    request.on('data', (bytes: Buffer) => bodies.push(bytes));
    request.on('end', () => response.writeHead(said.status, { 'content-type': said.type }).end(ANSWER));
  });
  const url = `https://127.0.0.1:${await portOf(server)}/dns-query`;
  const trusting = nameTransport(loopbackCertificate.cert);
  const ask = () => trusting.https(QUESTION, { url, bootstrap: ['127.0.0.1'] }, never);
  expect([...(await ask())!]).toEqual([...ANSWER]);
  expect([...bodies[0]!]).toEqual([...QUESTION]);
  said.type = 'text/html';
  expect(await ask()).toBeUndefined();
  Object.assign(said, { type: 'application/dns-message', status: 302 });
  expect(await ask()).toBeUndefined();
  await expect(nameTransport().https(QUESTION, { url, bootstrap: [] }, never)).rejects.toThrow();
  server.closeAllConnections();
  server.close();
});

test('a machine has datagram sockets for questions of its own', async () => {
  const { udp } = machineUnderlay();
  const heard: number[] = [];
  const came = new Promise<void>((resolve) => {
    void udp!
      .open({ family: 4, address: '127.0.0.1', port: 0, message: (bytes) => void resolve(void heard.push(...bytes)), fault() {} })
      .then(async (socket) => {
        socket.send(QUESTION, 0, QUESTION.length, socket.local.port, '127.0.0.1');
        await came;
        await socket.close();
      });
  });
  await came;
  expect(heard).toEqual([...QUESTION]);
});
