import type { UdpSocket, UdpSocketOptions, UdpSockets } from '@heddle/core';

/** Tries for one port that is free in both families, when any port will do. */
const TRIES = 100;

export interface SocketPair {
  readonly v4: UdpSocket | undefined;
  readonly v6: UdpSocket | undefined;
  readonly port: number;
  /** Why a family is missing. */
  readonly missing: readonly { readonly family: 4 | 6; readonly code: string }[];
}

export interface SocketPairOptions {
  readonly port: number;
  readonly mark?: number;
  readonly addresses?: { readonly v4?: string; readonly v6?: string };
  /** The bytes are lent until it returns. */
  readonly message: UdpSocketOptions['message'];
  readonly fault: (family: 4 | 6, code: string, fatal: boolean) => void;
}

/** IPv4 and IPv6 on the same port. A family that the host does not have is left out; a host with neither, or a port in use, rejects. */
export async function openPair(sockets: UdpSockets, options: SocketPairOptions): Promise<SocketPair> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(sockets, options);
    } catch (fault) {
      if (options.port !== 0 || codeOf(fault) !== 'EADDRINUSE' || attempt === TRIES) throw fault;
    }
  }
}

export async function closePair(pair: SocketPair): Promise<void> {
  await Promise.all([pair.v4?.close(), pair.v6?.close()]);
}

/** The pair when the socket of one family is gone. */
export function withoutFamily(pair: SocketPair, family: 4 | 6): SocketPair {
  return family === 4 ? { ...pair, v4: undefined } : { ...pair, v6: undefined };
}

async function openOnce(sockets: UdpSockets, options: SocketPairOptions): Promise<SocketPair> {
  const first = await tryOpen(sockets, options, 4, options.port);
  const port = typeof first === 'string' ? options.port : first.local.port;
  const second = await tryOpen(sockets, options, 6, port).catch(async (fault) => {
    if (typeof first !== 'string') await first.close();
    throw fault;
  });
  const missing = [missingFamily(4, first), missingFamily(6, second)].filter((each) => each !== undefined);
  if (typeof first === 'string' && typeof second === 'string') throw noFamily(first);
  return { v4: opened(first), v6: opened(second), port: (opened(first) ?? opened(second)!).local.port, missing };
}

/** The socket, or the code that says why the family is not there. */
async function tryOpen(sockets: UdpSockets, options: SocketPairOptions, family: 4 | 6, port: number): Promise<UdpSocket | string> {
  const address = family === 4 ? options.addresses?.v4 : options.addresses?.v6;
  try {
    return await sockets.open({
      family,
      port,
      lent: true,
      message: options.message,
      fault: (code, fatal) => options.fault(family, code, fatal),
      ...(address !== undefined && { address }),
      ...(options.mark !== undefined && { mark: options.mark }),
    });
  } catch (fault) {
    const code = codeOf(fault);
    if (isMissingFamily(code)) return code;
    throw fault;
  }
}

/** What a host without the family answers. */
function isMissingFamily(code: string): boolean {
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL' || code === 'EPROTONOSUPPORT';
}

function opened(socket: UdpSocket | string): UdpSocket | undefined {
  return typeof socket === 'string' ? undefined : socket;
}

function missingFamily(family: 4 | 6, socket: UdpSocket | string): { family: 4 | 6; code: string } | undefined {
  return typeof socket === 'string' ? { family, code: socket } : undefined;
}

function noFamily(code: string): Error {
  return Object.assign(new Error(`neither IPv4 nor IPv6 sockets can be opened here (${code})`), { code });
}

export function codeOf(fault: unknown): string {
  const code = (fault as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
