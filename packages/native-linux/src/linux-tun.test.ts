import { openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TunLink } from './contract.js';
import { encodeIfreq } from './ifreq.js';
import { ERRNO, LINK, TUN } from './kernel-numbers.js';
import { openLinkSocket } from './link-socket.js';
import { LinuxTun } from './linux-tun.js';
import type { SystemCalls } from './system-calls.js';

/** One interface, as the calls show it. */
class Kernel {
  name: string | undefined = 'wg0';
  mtu = 1_420;
  up = false;
  here = true;
  frames: number[] = [];
  readonly watched = new Map<number, () => void>();

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    if (this.name === undefined) return -ERRNO.EBADFD;
    if (request === TUN.GET_INTERFACE) argument.set(encodeIfreq(this.name, 0x5001));
    else if (!this.here || fd === 0) return -19;
    else if (request === LINK.GET_INDEX) argument.set(encodeIfreq(this.name, 7));
    else if (request === LINK.GET_MTU) argument.set(encodeIfreq(this.name, this.mtu));
    else if (request === LINK.GET_FLAGS) argument.set(encodeIfreq(this.name, this.up ? 1 : 0));
    return 0;
  }

  read(): number {
    return this.name === undefined ? -ERRNO.EBADFD : (this.frames.shift() ?? -ERRNO.EAGAIN);
  }

  watch(fd: number, ready: () => void): { pause(): void; close(): void } {
    this.watched.set(fd, ready);
    return { pause: () => {}, close: () => this.watched.delete(fd) };
  }
}

function open() {
  const kernel = new Kernel();
  const [fd, netlink] = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
  const calls = {
    ioctl: kernel.ioctl.bind(kernel),
    read: kernel.read.bind(kernel),
    watch: kernel.watch.bind(kernel),
    write: () => -5,
    socket: () => netlink,
    bind: () => 0,
    addressOf: () => 0,
  } as unknown as SystemCalls;
  const device = new LinuxTun(calls, { fd, vnetHeader: true }, openLinkSocket(calls)!);
  const told: (TunLink | string)[] = [];
  device.watch({ readable: () => told.push('readable'), changed: (link) => told.push(link), deleted: () => told.push('deleted') });
  return { kernel, device, told, ring: () => kernel.watched.get(netlink)!(), wake: () => kernel.watched.get(fd)!() };
}

describe('a TUN interface of Linux', () => {
  test('tells what changed, once, and nothing when others changed', () => {
    const { kernel, told, ring } = open();
    kernel.up = true;
    kernel.mtu = 34_736;
    ring();
    ring();
    kernel.name = 'renamed';
    ring();
    expect(told).toEqual([
      { name: 'wg0', mtu: 34_736, up: true },
      { name: 'renamed', mtu: 34_736, up: true },
    ]);
  });

  test('in another namespace counts as up, and keeps its name', () => {
    const { kernel, device, told, ring } = open();
    kernel.here = false;
    ring();
    expect(told).toEqual([{ name: 'wg0', mtu: 1_420, up: true }]);
    kernel.name = 'there';
    expect(device.link.name).toBe('there');
  });

  test('that is deleted says so once, whichever descriptor notices first, and is closed', () => {
    for (const notice of ['ring', 'read'] as const) {
      const { kernel, device, told, ring } = open();
      kernel.name = undefined;
      if (notice === 'ring') ring();
      else device.read(new Uint8Array(100), 0, 100);
      expect(told).toEqual(['deleted']);
      expect(kernel.watched.size).toBe(0);
      expect(device.write(new Uint8Array(100), 0, 100)).toBe(ERRNO.EBADFD);
    }
  });

  test('gives the length of a frame, 0 when there is none, and errors of writing as numbers', () => {
    const { kernel, device } = open();
    kernel.frames = [94];
    const slab = new Uint8Array(100);
    expect([device.read(slab, 0, 100), device.read(slab, 0, 100)]).toEqual([94, 0]);
    expect(device.write(slab, 0, 100)).toBe(5);
    device.close();
  });

  test('is closed twice, and after close nothing is told', () => {
    const { kernel, device, told } = open();
    device.close();
    device.close();
    expect(kernel.watched.size).toBe(0);
    expect(device.read(new Uint8Array(10), 0, 10)).toBe(0);
    expect(told).toEqual([]);
  });
});
