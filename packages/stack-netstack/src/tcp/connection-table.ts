import type { Bytes } from '@heddle/core';
import type { Connection } from './connection.js';
import type { FourTuple } from './four-tuple.js';

const FIRST_SIZE = 64;

/** Connections by addresses and ports, found straight from the bytes of a packet: no key is built. */
export class ConnectionTable {
  readonly #seed: number;
  #buckets: (Connection[] | undefined)[] = new Array(FIRST_SIZE);
  #count = 0;

  /** `seed`: random, so that nobody can choose ports that all fall into one bucket. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  get count(): number {
    return this.#count;
  }

  /** Addresses lie in `slab` at these offsets and have `size` bytes. */
  hash(slab: Bytes, localAt: number, remoteAt: number, size: number, localPort: number, remotePort: number): number {
    let hash = this.#seed;
    for (let i = 0; i < size; i++) hash = mix(hash, (slab[localAt + i]! << 8) | slab[remoteAt + i]!);
    return withPorts(hash, localPort, remotePort);
  }

  hashOf(tuple: FourTuple): number {
    const { local, remote } = tuple;
    let hash = this.#seed;
    for (let i = 0; i < local.length; i++) hash = mix(hash, (local[i]! << 8) | remote[i]!);
    return withPorts(hash, tuple.localPort, tuple.remotePort);
  }

  find(
    slab: Bytes,
    localAt: number,
    remoteAt: number,
    size: number,
    localPort: number,
    remotePort: number,
    hash: number,
  ): Connection | undefined {
    const bucket = this.#buckets[hash & (this.#buckets.length - 1)];
    if (bucket === undefined) return undefined;
    for (const connection of bucket) {
      const { tuple } = connection;
      if (connection.hash !== hash || tuple.localPort !== localPort || tuple.remotePort !== remotePort) continue;
      if (isAt(tuple.remote, slab, remoteAt, size) && isAt(tuple.local, slab, localAt, size)) return connection;
    }
    return undefined;
  }

  get(tuple: FourTuple): Connection | undefined {
    const { local, remote, localPort, remotePort } = tuple;
    const hash = this.hashOf(tuple);
    return this.#buckets[hash & (this.#buckets.length - 1)]?.find(
      (each) =>
        each.tuple.localPort === localPort &&
        each.tuple.remotePort === remotePort &&
        isAt(each.tuple.local, local, 0, local.length) &&
        isAt(each.tuple.remote, remote, 0, remote.length),
    );
  }

  add(connection: Connection): void {
    if (this.#count >= this.#buckets.length) this.#grow();
    this.#put(connection);
    this.#count += 1;
  }

  remove(connection: Connection): void {
    const place = connection.hash & (this.#buckets.length - 1);
    const bucket = this.#buckets[place];
    const index = bucket?.indexOf(connection) ?? -1;
    if (bucket === undefined || index < 0) return;
    bucket.splice(index, 1);
    if (bucket.length === 0) this.#buckets[place] = undefined;
    this.#count -= 1;
  }

  /** All of them, as they are now. */
  all(): Connection[] {
    return this.#buckets.flatMap((bucket) => bucket ?? []);
  }

  #put(connection: Connection): void {
    const place = connection.hash & (this.#buckets.length - 1);
    const bucket = this.#buckets[place];
    if (bucket === undefined) this.#buckets[place] = [connection];
    else bucket.push(connection);
  }

  #grow(): void {
    const all = this.all();
    this.#buckets = new Array(2 * this.#buckets.length);
    for (const connection of all) this.#put(connection);
  }
}

function withPorts(hash: number, localPort: number, remotePort: number): number {
  const whole = mix(hash, (localPort << 16) | remotePort);
  return (whole ^ (whole >>> 15)) >>> 0;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 13);
}

function isAt(address: Bytes, slab: Bytes, at: number, size: number): boolean {
  if (address.length !== size) return false;
  for (let i = 0; i < size; i++) if (address[i] !== slab[at + i]) return false;
  return true;
}
