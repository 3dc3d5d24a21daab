import { Bench } from '../foundation/bench.js';
import { expectThat, textOf } from '../foundation/rule.js';
import type { Part, Subject } from './subject.js';

/** How a contract calls what all parts have. */
export interface PartWords {
  /** First word of its rules' ids. */
  readonly contract: 'bind' | 'stack';
  readonly stream: 'datagrams$' | 'packets$';
  readonly take: 'send' | 'deliver';
}

/** What the rules of life and of streams need to know of a contract. */
export abstract class PartBench<P extends Part> extends Bench {
  abstract readonly words: PartWords;
  abstract readonly subject: Subject<P>;

  /** True when packets may get lost on the way: then rules send again. */
  abstract readonly lossy: boolean;

  /** Opens what the part under test talks to. */
  abstract surround(): Promise<void>;
  /** Gives the part packets to carry; how many it says it took. */
  abstract offer(packets: number): number;
  /** Makes packets that come out of the part's stream, as far as it is open. */
  abstract cause(packets: number): void;
  /** Closes what surround opened. */
  protected abstract dismantle(): Promise<void>;

  /** Everything open, with core's handler at the stream. */
  async start(): Promise<void> {
    await this.surround();
    this.subject.listen();
    await this.must('open', () => this.subject.open());
    await this.opened();
  }

  /** What belongs to a part that has just opened. */
  protected async opened(): Promise<void> {}

  close(): Promise<void> {
    return this.must('close', () => this.subject.part.close());
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
}
