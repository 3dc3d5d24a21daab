import type { Bytes } from '@heddle/core';
import { Bench } from '../foundation/bench.js';
import type { CountingSignal } from '../foundation/counting-signal.js';
import type { Arrival } from '../foundation/inbox.js';
import type { LentBatch, LentOptions } from '../foundation/lent-batch.js';
import type { PoisonContext } from '../foundation/poison-context.js';
import { expectThat, textOf } from '../foundation/rule.js';
import type { Part, Subject } from './subject.js';

/** How a contract calls what all parts have. */
export interface PartWords {
  /** First word of its rules' ids. */
  readonly contract: 'bind' | 'stack';
  readonly stream: 'datagrams$' | 'packets$';
  readonly take: 'send' | 'deliver';
}

/** What was given to a part at the moment when it had opened. */
export interface Early {
  /** Of one packet that was offered. */
  readonly taken: number;
  /** Packets that have not come out yet. */
  lost(): number;
}

/**
 * A part in an experiment: numbered packets are given to send or deliver, and come out of a packet stream with their number,
 * from the other Bind, or as the Stack's echo replies.
 */
export abstract class PartBench<P extends Part> extends Bench {
  abstract readonly words: PartWords;
  abstract readonly subject: Subject<P>;
  /** True when packets may get lost on the way: then rules send again. */
  abstract readonly lossy: boolean;
  /** True when packets may overtake each other. */
  abstract readonly unordered: boolean;
  /** Of all parts that take part. */
  abstract readonly contexts: readonly PoisonContext[];
  /** What they were opened with. */
  abstract readonly signals: readonly CountingSignal[];
  #next = 1;

  /** Opens what the part under test talks to. */
  abstract surround(): Promise<void>;
  /** Gives the part packets to carry; how many it says it took. */
  abstract offer(packets: number): number;
  /** Uses the part at the moment when its open has resolved, before time passes; undefined: that cannot be told. */
  abstract atOnce(): Promise<Early | undefined>;
  /** Makes packets that come out of the part's stream, as far as it is open. */
  abstract cause(packets: number): void;
  /** A packet to give, of this length or the nearest possible one. */
  abstract packet(number: number, length: number): Bytes;
  /** The number of a packet that came out; undefined: damaged. */
  abstract numberOf(output: Bytes): number | undefined;
  /** A batch to give, with exactly the room that the traits declare. */
  abstract lend(packets: readonly Bytes[], options?: Partial<LentOptions>): LentBatch;
  /** Calls send or deliver, as it is. */
  protected abstract call(batch: LentBatch): number;
  /** Closes what surround opened. */
  protected abstract dismantle(): Promise<void>;

  /** Everything open, with core's handler at the stream. */
  async start(open: () => Promise<void> = () => this.subject.open()): Promise<void> {
    await this.surround();
    this.subject.listen();
    await this.must('open', open);
    await this.opened();
  }

  /** What belongs to a part that has just opened. */
  protected async opened(): Promise<void> {}

  /** Closes the part under test, however its life went. */
  async close(): Promise<void> {
    await this.must('close', () => this.subject.part.close());
    const { completed, errored } = this.subject.inbox;
    expectThat(errored === undefined, `${this.words.stream} errored: ${textOf(errored)}`);
    expectThat(completed, `${this.words.stream} did not complete: the close event was dropped`);
  }

  /** Timers of all parts that wait, and listeners at the signals that they were opened with. */
  get pending(): { readonly timers: number; readonly listeners: number } {
    const timers = this.contexts.reduce((sum, { clock }) => sum + clock.pending, 0);
    return { timers, listeners: this.signals.reduce((sum, signal) => sum + signal.listeners, 0) };
  }

  /** What came out and is of the experiment's making. */
  get outputs(): readonly Arrival[] {
    return this.subject.inbox.outputs;
  }

  /** Numbers of what came out. */
  get received(): (number | undefined)[] {
    return this.outputs.map(({ bytes }) => this.numberOf(bytes));
  }

  /** Numbers of packets that nobody has used. */
  numbers(count: number): number[] {
    this.#next += count;
    return Array.from({ length: count }, (_, i) => this.#next - count + i);
  }

  packets(count: number, lengthOf: (number: number) => number): Bytes[] {
    return this.numbers(count).map((number) => this.packet(number, lengthOf(number)));
  }

  /** What send or deliver returned, if that is possible at all. */
  give(batch: LentBatch): number {
    return this.checked(batch.count, () => this.call(batch));
  }

  /** Gives packets, and reuses their memory at once. */
  hand(packets: readonly Bytes[]): number {
    const batch = this.lend(packets);
    const taken = this.give(batch);
    batch.poison();
    return taken;
  }

  /** Gives numbered packets in batches of these sizes and waits for what comes out; the numbers that were taken. */
  async exchange(sizes: readonly number[], lengthOf: (number: number) => number): Promise<number[]> {
    const given: number[] = [];
    for (const size of sizes) {
      const numbers = this.numbers(size);
      const before = this.outputs.length;
      const batch = this.lend(numbers.map((number) => this.packet(number, lengthOf(number))));
      const taken = this.give(batch);
      expectThat(!batch.payloadWritten, `${this.words.take} wrote into a payload that was lent to it read-only`);
      batch.poison();
      given.push(...numbers.slice(0, taken));
      if (size >= 16) await this.until(() => this.outputs.length >= before + taken);
    }
    await this.until(() => this.outputs.length >= given.length);
    await this.settle();
    return given;
  }

  /** Sends packets through and waits until they came out. */
  async flows(packets: number, when: string): Promise<void> {
    const before = this.subject.inbox.count;
    const all = (): boolean => this.subject.inbox.count >= before + packets;
    for (let attempt = 0; attempt < (this.lossy ? 20 : 1) && !all(); attempt++) {
      this.cause(packets);
      await this.until(all);
    }
    expectThat(all(), `${when} ${this.words.stream} gave ${this.subject.inbox.count - before} of ${packets} packets`);
  }

  /** After close: nothing is held, at once and later. */
  async expectNothingHeld(when: string): Promise<void> {
    expectThat(this.subject.context.held === undefined, `${when} ${this.subject.context.held}`);
    await this.settle();
    expectThat(this.subject.context.held === undefined, `some time after it, ${this.subject.context.held}`);
  }

  override async end(): Promise<void> {
    await this.outcome(() => this.subject.part.close());
    await this.dismantle();
    const [fault] = this.subject.context.clock.faults;
    await super.end();
    expectThat(fault === undefined, `a timer of the part threw: ${textOf(fault)}`);
  }

  /** A count of packets that is possible. */
  protected checked(count: number, call: () => number): number {
    const { take } = this.words;
    let taken: number;
    try {
      taken = call();
    } catch (thrown) {
      throw new Error(`${take} threw: ${textOf(thrown)}`, { cause: thrown });
    }
    const possible = Number.isInteger(taken) && taken >= 0 && taken <= count;
    expectThat(possible, `${take} returned ${taken} for a batch of ${count}: more than count, or no count at all`);
    return taken;
  }
}
