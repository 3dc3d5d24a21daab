import { arch, hostname, platform, release } from 'node:os';
import type { HostFacts } from '../poll/hostinfo.js';

/** Names of systems as the tailnet's own clients write them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  darwin: 'macOS',
  win32: 'windows',
  linux: 'linux',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
};
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' };

/** What this machine is. */
export function hostFacts(
  tags: readonly string[],
  given: { readonly hostname: string | undefined; readonly os: string | undefined },
): HostFacts {
  return {
    hostname: given.hostname ?? hostname().split('.', 1)[0] ?? 'node',
    os: given.os ?? SYSTEMS[platform()] ?? platform(),
    osVersion: release(),
    machine: MACHINES[arch()] ?? arch(),
    tags,
  };
}
