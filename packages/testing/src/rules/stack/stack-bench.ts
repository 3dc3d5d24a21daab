import type { Bytes, Stack, StackConfig } from '@heddle/core';
import { decodeEcho, parseAddress } from '@heddle/wire';
import type { CountingSignal } from '../foundation/counting-signal.js';
import { LentBatch, type LentOptions } from '../foundation/lent-batch.js';
import type { PoisonContext } from '../foundation/poison-context.js';
import { type Early, PartBench, type PartWords } from '../part/part-bench.js';
import { Subject } from '../part/subject.js';
import { echoBetween, numberOfReply } from './echo-packet.js';
import { STACK_CONFIG, type StackHarness, type StackSetup } from './harness.js';
import { ipFault } from './ip-fault.js';

export const STACK_WORDS: PartWords = { contract: 'stack', stream: 'packets$', take: 'deliver' };

interface Ends {
  readonly from: Bytes;
  readonly to: Bytes;
}

/** One Stack, driven with echo requests as if core had decrypted them. */
export class StackBench extends PartBench<Stack> {
  readonly words: PartWords = STACK_WORDS;
  readonly lossy = false;
  readonly unordered = false;
  readonly harness: StackHarness;
  readonly subject: Subject<Stack>;
  readonly config: StackConfig;
  readonly #setup: StackSetup;
  /** Tens of thousands of packets have the same ends. */
  #ends: Ends | undefined;

  constructor(harness: StackHarness, setup: StackSetup) {
    super(harness, setup.time);
    this.harness = harness;
    this.config = harness.config ?? STACK_CONFIG;
    this.#setup = setup;
    this.subject = new Subject(setup.stack, setup.stack.packets$, this.time.clock, 1);
    this.subject.inbox.wanted = isReplyOrBroken;
  }

  get stack(): Stack {
    return this.subject.part;
  }

  /** False for Stacks that the author drives: rules about what becomes of a packet do not apply. */
  get answers(): boolean {
    return this.harness.answers !== 'never';
  }

  get contexts(): readonly PoisonContext[] {
    return [this.subject.context];
  }

  get signals(): readonly CountingSignal[] {
    return [this.subject.signal];
  }

  /** Own address of a family; undefined: none. */
  own(family: 4 | 6): string | undefined {
    return this.config.addresses.map((prefix) => prefix.split('/')[0]!).find((address) => address.includes(':') === (family === 6));
  }

  /** An address beside the own one. */
  neighbour(family: 4 | 6): string {
    return (this.own(family) ?? (family === 4 ? '10.0.0.1' : 'fd00::1')).replace(/[0-9a-f]+$/, '2');
  }

  async surround(): Promise<void> {}

  protected override opened(): Promise<void> {
    return this.must('configure', () => this.stack.configure(this.config));
  }

  packet(number: number, length: number): Bytes {
    this.#ends ??= this.#endsOf(this.own(4) === undefined ? 6 : 4);
    return echoBetween(number, length, this.#ends.from, this.#ends.to);
  }

  #endsOf(family: 4 | 6): Ends {
    return { from: parseAddress(this.neighbour(family))!, to: parseAddress(this.own(family)!)! };
  }

  numberOf(output: Bytes): number | undefined {
    return numberOfReply(output);
  }

  lend(packets: readonly Bytes[], options: Partial<LentOptions> = {}): LentBatch {
    return new LentBatch(packets, this.subject.context.pool, { headroom: this.stack.traits.headroom, tailroom: 0, ...options });
  }

  protected call(batch: LentBatch): number {
    return this.stack.deliver(batch);
  }

  offer(packets: number): number {
    return this.hand(this.packets(packets, () => 200));
  }

  async atOnce(): Promise<Early | undefined> {
    if (!this.answers) return undefined;
    await this.stack.configure(this.config);
    const before = this.outputs.length;
    return { taken: this.offer(1), lost: () => Math.max(0, before + 1 - this.outputs.length) };
  }

  cause(packets: number): void {
    if (this.harness.emit !== undefined) emitIfItCan(() => this.harness.emit!(this.stack, packets));
    else this.hand(this.packets(packets, (number) => 100 + (number % 50)));
  }

  protected async dismantle(): Promise<void> {
    await this.#setup.end?.();
  }
}

/** Replies; and whatever is not a right packet, so that it is noticed. */
function isReplyOrBroken(packet: Bytes): boolean {
  return ipFault(packet) !== undefined || decodeEcho(packet)?.kind === 'echo-reply';
}

/** Before open and after close the author's own means may throw. */
function emitIfItCan(emit: () => void): void {
  try {
    emit();
  } catch {
    // A Stack that does not emit is found by what does not come out.
  }
}
