import type { Flow } from '@heddle/core';
import type { TcpOptions } from '../src/tcp/tcp-settings.js';
import type { WireFaults } from './simulated-wire.js';
import { TwoHosts } from './two-hosts.js';

export interface Transfer {
  readonly bytes: number;
  readonly wire: WireFaults;
  readonly seed: number;
  readonly tcp?: TcpOptions;
  /** Virtual seconds after which it counts as stalled. */
  readonly within?: number;
}

export interface Outcome {
  /** Virtual seconds from the SYN to the last byte. */
  readonly seconds: number;
  /** Payload that was sent more than once, over the payload. */
  readonly resent: number;
  readonly packets: number;
  readonly isWhole: boolean;
}

/** A length without a common factor with any buffer, so that a misplaced block shows. */
const PATTERN = 65_521;
const HEADERS = 20 + 32;

/** Sends bytes from the first host to the second and says how long that took in virtual time. */
export function simulateTransfer({ bytes, wire, seed, tcp = {}, within = 3_000 }: Transfer): Outcome {
  const two = new TwoHosts(wire, seed, tcp);
  const pattern = new Uint8Array(PATTERN);
  two.random.fork('data').fill(pattern);
  const reader = new PatternReader(pattern);
  let started = -1;
  two.listen((flow) => reader.listen(flow));
  two.open(50_000, (flow) => {
    started = two.clock.now();
    write(flow, pattern, bytes);
  });
  const isDone = two.until(() => reader.isFinished, within * 1_000);
  const sent = two.wires[0].bytes - two.wires[0].packets * HEADERS;
  return {
    seconds: isDone && started >= 0 ? two.clock.now() / 1_000 : Infinity,
    resent: Math.max(0, sent / bytes - 1),
    packets: two.wires[0].packets,
    isWhole: reader.isRight && reader.read === bytes,
  };
}

function write(flow: Flow, pattern: Uint8Array, bytes: number): void {
  let written = 0;
  const more = (): void => {
    while (written < bytes) {
      const at = written % PATTERN;
      const taken = flow.write(pattern.subarray(at, Math.min(PATTERN, at + bytes - written)));
      if (taken === 0) return;
      written += taken;
    }
    flow.shutdown();
  };
  flow.on({ writable: more });
  more();
}

/** Reads all there is and compares it with the pattern. */
class PatternReader {
  read = 0;
  isRight = true;
  isFinished = false;
  readonly #pattern: Uint8Array;
  readonly #buffer = new Uint8Array(65_536);

  constructor(pattern: Uint8Array) {
    this.#pattern = pattern;
  }

  listen(flow: Flow): void {
    const readable = (): void => {
      for (let n = flow.read(this.#buffer); n !== 0; n = flow.read(this.#buffer)) {
        if (n < 0) {
          this.isFinished = true;
          return;
        }
        this.#check(n);
      }
    };
    flow.on({ readable });
    readable();
  }

  #check(length: number): void {
    for (let i = 0; i < length; i++) if (this.#buffer[i] !== this.#pattern[(this.read + i) % PATTERN]) this.isRight = false;
    this.read += length;
  }
}
