import { closeSync } from 'node:fs';
import { HeddleError } from '@heddle/core';
import type { TunDevice, TunOptions } from './contract.js';
import { openLinkSocket } from './link-socket.js';
import { LinuxTun } from './linux-tun.js';
import { type SystemCalls, systemCalls } from './system-calls.js';
import { type TunDescriptor, tunDescriptor } from './tun-descriptor.js';

/** Packets that wait in the kernel: bursts of TCP are longer than its own 500. */
const QUEUE_LENGTH = 1_000;

/** Opens a TUN interface of Linux, down and without addresses. Rejects with a code of NATIVE_LINUX_ERRORS, and then holds nothing. */
export async function openTun(options: TunOptions = {}): Promise<TunDevice> {
  const calls = await systemCalls();
  const device = deviceOf(calls, tunDescriptor(calls, options));
  try {
    if (options.fd === undefined) device.setQueueLength(QUEUE_LENGTH);
    if (options.mtu !== undefined) device.setMtu(options.mtu);
    return device;
  } catch (fault) {
    device.close();
    throw fault;
  }
}

function deviceOf(calls: SystemCalls, descriptor: TunDescriptor): LinuxTun {
  const links = openLinkSocket(calls);
  if (links !== undefined) return new LinuxTun(calls, descriptor, links);
  closeSync(descriptor.fd);
  throw new HeddleError(
    'HEDDLE_TUN_FAILED',
    'no netlink socket can be opened: allow AF_NETLINK (RestrictAddressFamilies of systemd, seccomp)',
  );
}
