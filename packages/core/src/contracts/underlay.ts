import type { Address, Flow } from './flows.js';
import type { Bytes } from './packets.js';

export interface UdpSocketOptions {
  readonly family: 4 | 6;
  /** Default: all addresses of the family. */
  readonly address?: string;
  /** 0: any. */
  readonly port: number;
  /** SO_MARK, where the platform has it. */
  readonly mark?: number;
  /** The bytes of `message` are only lent until it returns, so that the socket may have their memory back. Default false. */
  readonly lent?: boolean;
  /** One datagram. The bytes are handed over: they may be kept and written. Never called in the stack of send. */
  message(bytes: Bytes, address: string, port: number): void;
  /** A fault, with the code as Node spells it: ECONNREFUSED, ENOBUFS, … Fatal: the socket is closed. */
  fault(code: string, fatal: boolean): void;
}

export interface UdpSocket {
  readonly local: Address;
  /** False: the send queue is full, nothing was kept. The bytes may be reused at once in either case. */
  send(slab: Bytes, offset: number, length: number, port: number, address: string): boolean;
  /** True while datagrams wait in the send queue. */
  busy(): boolean;
  /** What the kernel granted; 0: unknown. */
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  close(): Promise<void>;
}

/** Datagram sockets of the host, or of a simulated one. */
export interface UdpSockets {
  /** Rejects with an Error whose `code` is as Node spells it (EADDRINUSE, EAFNOSUPPORT, EMFILE, …). */
  open(options: UdpSocketOptions): Promise<UdpSocket>;
}

/** Streams of the host, or of a simulated one, in the shape of a Flow. */
export interface StreamSockets {
  connect(to: { readonly host: string; readonly port: number }, options: { readonly signal?: AbortSignal }): Promise<Flow>;
  listen(at: Address, accept: (flow: Flow) => void): Promise<{ readonly at: Address; close(): Promise<void> }>;
}

/** Questions to name servers of the underlay: a DNS message for a DNS message. Undefined or a rejection: there is no answer. */
export interface NameTransport {
  /** Over TCP. */
  stream(message: Bytes, to: Address, signal: AbortSignal): Promise<Bytes | undefined>;
  /** Over HTTPS (RFC 8484). `bootstrap` are the addresses of the URL's host; without any, the machine is asked for them. */
  https(
    message: Bytes,
    to: { readonly url: string; readonly bootstrap: readonly string[] },
    signal: AbortSignal,
  ): Promise<Bytes | undefined>;
}

/** What a node's own services use of the machine's network, where no plugin provides it. */
export interface Underlay {
  readonly udp?: UdpSockets;
  readonly names?: NameTransport;
}

export interface NetworkInterface {
  readonly name: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly loopback: boolean;
}

/** The host's addresses. */
export interface Interfaces {
  list(): readonly NetworkInterface[];
}

/** Names of the underlay (not of the tailnet). */
export interface HostLookup {
  lookup(host: string, options: { readonly signal?: AbortSignal }): Promise<readonly string[]>;
}
