import { closeSync } from 'node:fs';
import type { Bytes } from '@heddle/core';
import type { TunLink } from './contract.js';
import { encodeIfreq, ifreqFlags, ifreqValue } from './ifreq.js';
import { LINK, NETLINK, SOCKET } from './kernel-numbers.js';
import { SlabAddresses } from './slab-addresses.js';
import type { SystemCalls } from './system-calls.js';
import type { Watch } from './watch.js';

/** More than a message needs; what is cut is not missed. */
const READ_SIZE = 8_192;
/** Messages read before the interface is asked. */
const READS = 64;

/**
 * A netlink socket in our namespace. It rings when any link there changes, and answers what an interface is like: nothing of the messages
 * is read but that they came.
 */
export class LinkSocket {
  readonly #calls: SystemCalls;
  readonly #fd: number;
  readonly #scratch = new Uint8Array(READ_SIZE);
  readonly #address: number;
  #watch: Watch | undefined;

  constructor(calls: SystemCalls, fd: number) {
    this.#calls = calls;
    this.#fd = fd;
    this.#address = new SlabAddresses(calls).at(this.#scratch, 0);
  }

  watch(rung: () => void): void {
    this.#watch = this.#calls.watch(this.#fd, () => {
      this.#drain();
      rung();
    });
  }

  /** The kernel's number for the interface; undefined: none of that name is here. */
  index(name: string): number | undefined {
    return this.#get(LINK.GET_INDEX, name, ifreqValue);
  }

  state(name: string): TunLink | undefined {
    const flags = this.#get(LINK.GET_FLAGS, name, ifreqFlags);
    const mtu = this.#get(LINK.GET_MTU, name, ifreqValue);
    return flags === undefined || mtu === undefined ? undefined : { name, mtu, up: (flags & LINK.FLAG_UP) !== 0 };
  }

  /** One of the LINK.SET_… calls; minus the error number when refused. */
  set(request: number, name: string, value: number): number {
    return this.#calls.ioctl(this.#fd, request, encodeIfreq(name, value));
  }

  close(): void {
    this.#watch?.close();
    closeSync(this.#fd);
  }

  #get(request: number, name: string, read: (b: Bytes) => number): number | undefined {
    const asked = encodeIfreq(name, 0);
    return this.#calls.ioctl(this.#fd, request, asked) < 0 ? undefined : read(asked);
  }

  /** Also takes the error of a queue that has overflown. */
  #drain(): void {
    for (let i = 0; i < READS && this.#calls.read(this.#fd, this.#address, READ_SIZE) > 0; i++);
  }
}

/** Undefined where the system refuses. */
export function openLinkSocket(calls: SystemCalls): LinkSocket | undefined {
  const fd = calls.socket(NETLINK.FAMILY, SOCKET.RAW | SOCKET.NONBLOCKING | SOCKET.CLOSE_ON_EXEC, NETLINK.PROTOCOL_ROUTE);
  if (fd < 0) return undefined;
  if (calls.bind(fd, netlinkAddress(NETLINK.GROUP_LINK)) === 0) return new LinkSocket(calls, fd);
  closeSync(fd);
  return undefined;
}

/** struct sockaddr_nl: family u16, padding u16, port u32, groups u32. */
function netlinkAddress(groups: number): Bytes {
  const b = new Uint8Array(12);
  const view = new DataView(b.buffer);
  view.setUint16(0, NETLINK.FAMILY, true);
  view.setUint32(8, groups, true);
  return b;
}
