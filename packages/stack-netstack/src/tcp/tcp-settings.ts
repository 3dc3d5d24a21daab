import type { Congestion } from './congestion-control.js';

/** What may be set about TCP. Times in milliseconds. */
export interface TcpOptions {
  /** Largest receive buffer, to which the window of a connection tunes itself. Default 8 MiB. */
  readonly receiveBuffer?: number;
  /** Largest send buffer. Default 6 MiB. */
  readonly sendBuffer?: number;
  /** All buffers of all connections together. Default 256 MiB. */
  readonly memory?: number;
  /** Connections, those in TIME-WAIT included. Default 65,536. */
  readonly connections?: number;
  /** Half-open connections of one listener; beyond it SYN cookies are sent. Default 256. */
  readonly backlog?: number;
  /** Holds back small segments while one is unacknowledged (Nagle, in Minshall's form). Default false: latency comes first. */
  readonly nagle?: boolean;
  /** Probes of idle connections. Default: none. */
  readonly keepAlive?: KeepAlive;
  /** Data unacknowledged for so long ends the connection (RFC 5482). Default: after 15 retransmissions. */
  readonly userTimeout?: number;
  /** How long a closed pair of ports rests. Default 60,000. */
  readonly timeWait?: number;
  /** Congestion control: by a model of the path, or by losses. Default 'bbr'. */
  readonly congestion?: Congestion;
}

export interface KeepAlive {
  readonly idle: number;
  readonly interval: number;
  readonly count: number;
}

/** RFC 1122 4.2.3.6, with the probes of Linux: for a connection that asks for it by itself. */
export const KEEP_ALIVE: KeepAlive = { idle: 7_200_000, interval: 75_000, count: 9 };

export interface TcpSettings {
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly memory: number;
  readonly connections: number;
  readonly backlog: number;
  readonly nagle: boolean;
  readonly keepAlive: KeepAlive | undefined;
  readonly userTimeout: number;
  readonly timeWait: number;
  readonly congestion: Congestion;
}

const MEBIBYTE = 1024 * 1024;

export function tcpSettings(options: TcpOptions = {}): TcpSettings {
  return {
    receiveBuffer: options.receiveBuffer ?? 8 * MEBIBYTE,
    sendBuffer: options.sendBuffer ?? 6 * MEBIBYTE,
    memory: options.memory ?? 256 * MEBIBYTE,
    connections: options.connections ?? 65_536,
    backlog: options.backlog ?? 256,
    nagle: options.nagle ?? false,
    keepAlive: options.keepAlive,
    userTimeout: options.userTimeout ?? Infinity,
    timeWait: options.timeWait ?? 60_000,
    congestion: options.congestion ?? 'bbr',
  };
}

/** RFC 7323 2.3: the least shift that shows a buffer of this size in 16 bits. */
export function windowScaleFor(buffer: number): number {
  let shift = 0;
  while (shift < 14 && 0xffff * 2 ** shift < buffer) shift++;
  return shift;
}
