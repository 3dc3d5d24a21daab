import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Address } from '../contracts/flows.js';
import type { Bytes } from '../contracts/packets.js';
import type { NameTransport } from '../contracts/underlay.js';

type WebServer = Parameters<NameTransport['https']>[1];

/*
 * DNS over TCP (RFC 1035 section 4.2.2): | length 2 | message |
 */
const LENGTH = 2;
const LONGEST = 0xffff;
const TYPE = 'application/dns-message';

/** Name servers as this machine reaches them; `ca` are issuers to be trusted instead of the machine's. Modules of Node are loaded when somebody is asked first. */
export function nameTransport(ca?: string): NameTransport {
  return { stream: overTcp, https: (message, server, signal) => overHttps(message, server, signal, ca) };
}

async function overTcp(message: Bytes, { address, port }: Address, signal: AbortSignal): Promise<Bytes | undefined> {
  const { connect } = await import('node:net');
  const socket = connect({ host: address, port, signal });
  try {
    socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]));
    return await framedIn(socket);
  } finally {
    socket.destroy();
  }
}

async function overHttps(
  message: Bytes,
  { url, bootstrap }: WebServer,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<Bytes | undefined> {
  const { request } = await import('node:https');
  const headers = { accept: TYPE, 'content-type': TYPE, 'content-length': message.length };
  const lookup = bootstrap.length > 0 && { lookup: among(bootstrap) };
  const options: RequestOptions = { method: 'POST', headers, signal, agent: false, ...lookup, ...(ca !== undefined && { ca }) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, options, resolve).once('error', reject).end(message);
  });
  return isAnswer(response) ? bodyOf(response) : void response.destroy();
}

/** The first message that comes. */
async function framedIn(socket: Socket): Promise<Bytes | undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    const end = bytes.length < LENGTH ? Number.POSITIVE_INFINITY : LENGTH + bytes.readUInt16BE(0);
    if (bytes.length >= end) return bytes.subarray(LENGTH, end);
  }
  return undefined;
}

function isAnswer({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 200 && headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === TYPE;
}

async function bodyOf(response: IncomingMessage): Promise<Bytes | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    if (length > LONGEST) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** A look-up that knows the answer. */
function among(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_host, { all }, done) => {
    const { address, family } = found[0]!;
    if (all) done(null, found);
    else done(null, address, family);
  };
}
