import { closeSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeIfreq } from './ifreq.js';
import { ERRNO, TUN } from './kernel-numbers.js';
import type { SystemCalls } from './system-calls.js';
import { nameOf, tunDescriptor } from './tun-descriptor.js';

/** A kernel that answers TUNGETIFF with this, or refuses. */
function kernel(answer: { readonly name: string; readonly flags: number } | number): SystemCalls & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    ioctl(_fd: number, request: number, argument: Uint8Array) {
      asked.push(request);
      if (typeof answer === 'number') return -answer;
      argument.set(encodeIfreq(answer.name, answer.flags));
      return 0;
    },
    ioctlValue(_fd: number, request: number) {
      asked.push(request);
      return 0;
    },
  } as unknown as SystemCalls & { asked: number[] };
}

describe('a descriptor that was handed over', () => {
  test('tells by itself whether it has a virtio-net header, and then segmentation is asked for', () => {
    const plain = kernel({ name: 'wg0', flags: TUN.FLAG_TUN | TUN.FLAG_NO_PACKET_INFORMATION });
    expect(tunDescriptor(plain, { fd: 9 })).toEqual({ fd: 9, vnetHeader: false });
    expect(plain.asked).not.toContain(TUN.SET_OFFLOAD);
    const offloaded = kernel({ name: 'wg0', flags: 0x5001 });
    expect(tunDescriptor(offloaded, { fd: 9 })).toEqual({ fd: 9, vnetHeader: true });
    expect(offloaded.asked).toContain(TUN.SET_OFFLOAD);
  });

  test.each([
    ['is no TUN interface', ERRNO.EBADFD],
    ['has packet information in front', { name: 'wg0', flags: TUN.FLAG_TUN }],
    ['is a TAP', { name: 'tap0', flags: 0x1002 }],
  ])('is refused when it %s', (_, answer) => {
    expect(() => tunDescriptor(kernel(answer), { fd: 9 })).toThrowError(expect.objectContaining({ code: 'HEDDLE_TUN_DESCRIPTOR' }));
  });

  test('has the name that it has now, and none when the interface is no more', () => {
    expect(nameOf(kernel({ name: 'renamed', flags: 0x5001 }), 9)).toBe('renamed');
    expect(nameOf(kernel(ERRNO.EBADFD), 9)).toBeUndefined();
  });
});

describe('a new interface', () => {
  test('cannot have a name that the kernel would cut', () => {
    const name = 'a-name-longer-than-that';
    expect(() => tunDescriptor(kernel(0), { name })).toThrowError(expect.objectContaining({ code: 'HEDDLE_TUN_NAME' }));
  });

  const mayOpen = canOpen('/dev/net/tun');
  test.skipIf(!mayOpen).each([
    ['HEDDLE_TUN_PERMISSION', 1],
    ['HEDDLE_TUN_BUSY', 16],
    ['HEDDLE_TUN_BUSY', 22],
    ['HEDDLE_TUN_FAILED', 12],
  ])('that the kernel refuses fails with %s for error %i', (code, errno) => {
    expect(() => tunDescriptor(kernel(errno), { name: 'wg0' })).toThrowError(expect.objectContaining({ code }));
  });

  test.skipIf(mayOpen)('without the right to open /dev/net/tun says what is missing, and offers netstack', () => {
    const says = /\/dev\/net\/tun .*netstack\(\)/;
    expect(() => tunDescriptor(kernel(0), {})).toThrowError(says);
  });
});

function canOpen(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    return false;
  }
}
