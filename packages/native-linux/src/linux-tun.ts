import { closeSync } from 'node:fs';
import { type Bytes, HeddleError } from '@heddle/core';
import type { TunDevice, TunEvents, TunLink } from './contract.js';
import { errorName } from './foreign.js';
import { ERRNO, LINK } from './kernel-numbers.js';
import { droppedOf } from './link-counters.js';
import type { LinkSocket } from './link-socket.js';
import { SlabAddresses } from './slab-addresses.js';
import type { SystemCalls } from './system-calls.js';
import { nameOf, type TunDescriptor } from './tun-descriptor.js';
import type { Watch } from './watch.js';

/** What Linux gives a new interface. */
const USUAL_MTU = 1_500;

/** A TUN interface of Linux: plain reads and writes, and a netlink socket that rings when the link changes. */
export class LinuxTun implements TunDevice {
  readonly vnetHeader: boolean;
  readonly #calls: SystemCalls;
  readonly #fd: number;
  readonly #links: LinkSocket;
  readonly #index: number | undefined;
  readonly #addresses: SlabAddresses;
  #link: TunLink = { name: '', mtu: USUAL_MTU, up: false };
  #events: TunEvents | undefined;
  #watch: Watch | undefined;
  #paused = false;
  #closed = false;

  /** Owns both from now on. */
  constructor(calls: SystemCalls, { fd, vnetHeader }: TunDescriptor, links: LinkSocket) {
    this.#calls = calls;
    this.#fd = fd;
    this.vnetHeader = vnetHeader;
    this.#links = links;
    this.#addresses = new SlabAddresses(calls);
    this.#index = links.index(nameOf(calls, fd) ?? '');
    this.#link = this.link;
  }

  /** An interface in another namespace tells its name only: then it counts as up. */
  get link(): TunLink {
    const name = this.#closed ? undefined : nameOf(this.#calls, this.#fd);
    if (name === undefined) return this.#link;
    const isHere = this.#index !== undefined && this.#links.index(name) === this.#index;
    return (isHere ? this.#links.state(name) : undefined) ?? { name, mtu: this.#link.mtu, up: true };
  }

  get dropped(): number {
    return droppedOf(this.#link.name);
  }

  watch(events: TunEvents): void {
    this.#events = events;
    this.#watch = this.#calls.watch(this.#fd, () => events.readable());
    if (this.#paused) this.#watch.pause(true);
    this.#links.watch(() => this.#compare());
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (!this.#closed) this.#watch?.pause(paused);
  }

  read(slab: Bytes, offset: number, room: number): number {
    if (this.#closed) return 0;
    const length = this.#calls.read(this.#fd, this.#addresses.at(slab, offset), room);
    if (length === -ERRNO.EBADFD) this.#deleted();
    return length < 0 ? 0 : length;
  }

  write(slab: Bytes, offset: number, length: number): number {
    if (this.#closed) return ERRNO.EBADFD;
    const written = this.#calls.write(this.#fd, this.#addresses.at(slab, offset), length);
    return written < 0 ? -written : 0;
  }

  setMtu(mtu: number): void {
    const { name } = this.link;
    const refused = this.#links.set(LINK.SET_MTU, name, mtu);
    if (refused < 0) throw new HeddleError('HEDDLE_TUN_FAILED', `${name} cannot have an MTU of ${mtu}: ${errorName(refused)}`);
  }

  /** The kernel's own 500 packets are too few for bursts. */
  setQueueLength(packets: number): void {
    this.#links.set(LINK.SET_QUEUE_LENGTH, this.link.name, packets);
  }

  close(): void {
    if (this.#closed) return;
    this.#link = this.link;
    this.#closed = true;
    this.#watch?.close();
    this.#links.close();
    closeSync(this.#fd);
  }

  #compare(): void {
    if (this.#closed) return;
    if (nameOf(this.#calls, this.#fd) === undefined) return this.#deleted();
    const before = this.#link;
    const now = this.link;
    this.#link = now;
    if (now.name !== before.name || now.mtu !== before.mtu || now.up !== before.up) this.#events?.changed?.(now);
  }

  #deleted(): void {
    if (this.#closed) return;
    this.close();
    this.#events?.deleted?.();
  }
}
