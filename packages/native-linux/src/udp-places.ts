import type { Address, Bytes } from '@heddle/core';
import { SOCKET } from './kernel-numbers.js';
import { SlabAddresses } from './slab-addresses.js';
import { ADDRESS_AT, encodeSocketAddress, socketAddressScope } from './socket-address.js';
import type { SocketCalls } from './socket-calls.js';

/** Places remembered; a flood of others makes them be made anew. */
const REMEMBERED = 1_024;

/** A place to send to, in the memory that the kernel reads. */
export interface Destination {
  /** Held, so that the memory at `pointer` stays. */
  readonly bytes: Bytes;
  readonly pointer: number;
}

/** Texts of addresses to what the kernel knows, and back. Most packets go where the one before went, and come from where it came. */
export class UdpPlaces {
  readonly #calls: SocketCalls;
  readonly #family: 4 | 6;
  readonly #number: number;
  readonly #known = new Map<string, Destination>();
  readonly #addresses: SlabAddresses;
  #last: { readonly address: string; readonly port: number; readonly destination: Destination } | undefined;
  #lastSender: Bytes = new Uint8Array(0);
  #sender: Address = { address: '', port: 0 };

  constructor(calls: SocketCalls, family: 4 | 6) {
    this.#calls = calls;
    this.#family = family;
    this.#number = family === 4 ? SOCKET.FAMILY_4 : SOCKET.FAMILY_6;
    this.#addresses = new SlabAddresses(calls);
  }

  /** Undefined: no address of the family. */
  destination(address: string, port: number): Destination | undefined {
    const last = this.#last;
    if (last !== undefined && last.port === port && last.address === address) return last.destination;
    const destination = this.#find(address, port);
    if (destination !== undefined) this.#last = { address, port, destination };
    return destination;
  }

  /** Who is in the kernel's socket address. */
  sender(b: Bytes): Address {
    if (!same(b, this.#lastSender)) {
      this.#lastSender = b.slice();
      this.#sender = this.read(b);
    }
    return this.#sender;
  }

  read(b: Bytes): Address {
    const at = ADDRESS_AT[this.#family];
    const text = this.#calls.addressText(this.#number, b.slice(at, at + (this.#family === 4 ? 4 : 16)));
    const scope = this.#family === 4 ? 0 : socketAddressScope(b);
    const zone = scope === 0 ? '' : `%${this.#calls.interfaceName(scope) ?? scope}`;
    return { address: text + zone, port: (b[2]! << 8) | b[3]! };
  }

  /** All addresses of the family without an address. */
  encode(address: string | undefined, port: number): Bytes | undefined {
    const [host = '', zone] = (address ?? (this.#family === 4 ? '0.0.0.0' : '::')).split('%', 2);
    const bytes = this.#calls.addressBytes(this.#number, host);
    const scope = zone === undefined ? 0 : this.#calls.interfaceIndex(zone);
    return bytes && encodeSocketAddress(this.#family, bytes, port, scope);
  }

  #find(address: string, port: number): Destination | undefined {
    const key = `${address} ${port}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bytes = this.encode(address, port);
    if (bytes === undefined) return undefined;
    const made = { bytes, pointer: this.#addresses.at(bytes, 0) };
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }
}

function same(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
