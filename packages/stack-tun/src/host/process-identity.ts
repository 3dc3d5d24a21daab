import { readFileSync, readlinkSync } from 'node:fs';

/** Who made changes, so that they can be told from those of the living. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In ticks since boot: numbers of processes are used again. */
  readonly startedAt: string;
  readonly boot: string;
  readonly namespace: string;
}

/** This process, in the network namespace where it is now. */
export function ownIdentity(): ProcessIdentity {
  const pid = Number(readlinkSync('/proc/self'));
  return { pid, startedAt: startOf(pid) ?? '', boot: bootId(), namespace: readlinkSync('/proc/thread-self/ns/net') };
}

/** What there is to do about the changes of this process, seen from the other one. */
export function fateOf(writer: ProcessIdentity, self: ProcessIdentity): 'lives' | 'died' | 'died-before-boot' | 'elsewhere' {
  if (writer.boot !== self.boot) return 'died-before-boot';
  if (writer.namespace !== self.namespace) return 'elsewhere';
  return startOf(writer.pid) === writer.startedAt ? 'lives' : 'died';
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** proc(5): the 22nd field of stat; the second one is in parentheses and may hold anything. A zombie no longer counts. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
