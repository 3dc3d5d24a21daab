import { closeSync, openSync } from 'node:fs';
import { type Bytes, HeddleError } from '@heddle/core';
import type { TunOptions } from './contract.js';
import { errorName } from './foreign.js';
import { encodeIfreq, ifreqFlags, ifreqName, isInterfaceName } from './ifreq.js';
import { TUN } from './kernel-numbers.js';
import type { SystemCalls } from './system-calls.js';

const PATH = '/dev/net/tun';
const DEFAULT_NAME = 'heddle%d';
const USE_NETSTACK = 'or use netstack() of @heddle/stack-netstack, which needs neither';

/** A descriptor of a TUN interface, and what it is. */
export interface TunDescriptor {
  readonly fd: number;
  readonly vnetHeader: boolean;
}

/** Makes an interface, or looks at one that was handed over. */
export function tunDescriptor(calls: SystemCalls, options: TunOptions): TunDescriptor {
  if (options.fd !== undefined) return inherited(calls, options.fd);
  const name = options.name ?? DEFAULT_NAME;
  if (!isInterfaceName(name)) throw new HeddleError('HEDDLE_TUN_NAME', `no interface can be called "${name}"; give 1 to 15 characters`);
  const fd = openDevice();
  try {
    const offload = options.offload ?? true;
    makeInterface(calls, fd, name, offload);
    return { fd, vnetHeader: offload };
  } catch (fault) {
    closeSync(fd);
    throw fault;
  }
}

/** The name that the interface has now; undefined: it is no more. */
export function nameOf(calls: SystemCalls, fd: number): string | undefined {
  const asked = interfaceOf(calls, fd);
  return asked && ifreqName(asked);
}

function interfaceOf(calls: SystemCalls, fd: number): Bytes | undefined {
  const asked = encodeIfreq('', 0);
  return calls.ioctl(fd, TUN.GET_INTERFACE, asked) < 0 ? undefined : asked;
}

function inherited(calls: SystemCalls, fd: number): TunDescriptor {
  const asked = interfaceOf(calls, fd);
  const flags = asked === undefined ? 0 : ifreqFlags(asked);
  const needed = TUN.FLAG_TUN | TUN.FLAG_NO_PACKET_INFORMATION;
  if ((flags & needed) !== needed)
    throw new HeddleError('HEDDLE_TUN_DESCRIPTOR', `descriptor ${fd} is no TUN interface with IFF_NO_PI; hand over one that is`);
  const vnetHeader = (flags & TUN.FLAG_VNET_HEADER) !== 0;
  if (vnetHeader) askForOffload(calls, fd);
  return { fd, vnetHeader };
}

function makeInterface(calls: SystemCalls, fd: number, name: string, offload: boolean): void {
  const flags = TUN.FLAG_TUN | TUN.FLAG_NO_PACKET_INFORMATION | (offload ? TUN.FLAG_VNET_HEADER : 0);
  const refused = -calls.ioctl(fd, TUN.SET_INTERFACE, encodeIfreq(name, flags));
  if (refused > 0) throw notMade(name, errorName(refused));
  if (offload) askForOffload(calls, fd);
}

/** A kernel that refuses hands out finished packets, which is slower and no less right. */
function askForOffload(calls: SystemCalls, fd: number): void {
  calls.ioctlValue(fd, TUN.SET_OFFLOAD, TUN.OFFLOAD_CHECKSUM | TUN.OFFLOAD_TCP4 | TUN.OFFLOAD_TCP6);
}

function openDevice(): number {
  try {
    return openSync(PATH, 'r+');
  } catch (fault) {
    throw notOpened((fault as NodeJS.ErrnoException).code ?? 'UNKNOWN', fault);
  }
}

function notOpened(code: string, cause: unknown): HeddleError {
  if (code === 'EACCES' || code === 'EPERM')
    return new HeddleError('HEDDLE_TUN_PERMISSION', `${PATH} may not be opened (${code}): run as root, ${USE_NETSTACK}`, { cause });
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO')
    return new HeddleError('HEDDLE_TUN_MISSING', `${PATH} is not there (${code}): load the module tun, ${USE_NETSTACK}`, { cause });
  return new HeddleError('HEDDLE_TUN_FAILED', `${PATH} cannot be opened: ${code}`, { cause });
}

function notMade(name: string, code: string): HeddleError {
  if (code === 'EPERM')
    return new HeddleError('HEDDLE_TUN_PERMISSION', `making the interface ${name} needs CAP_NET_ADMIN: run as root, ${USE_NETSTACK}`);
  if (code === 'EBUSY') return new HeddleError('HEDDLE_TUN_BUSY', `another program has the interface ${name}; choose another name`);
  if (code === 'EINVAL')
    return new HeddleError('HEDDLE_TUN_BUSY', `${name} is there already, and is no TUN interface of this kind; choose another name`);
  return new HeddleError('HEDDLE_TUN_FAILED', `the interface ${name} cannot be made: ${code}`);
}
