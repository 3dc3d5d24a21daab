import type { Bind, Bytes, Remote } from '@heddle/core';
import { latest } from '../foundation/latest.js';
import { LentBatch, type LentOptions } from '../foundation/lent-batch.js';
import { expectThat, textOf } from '../foundation/rule.js';
import { PartBench, type PartWords } from '../part/part-bench.js';
import { Subject } from '../part/subject.js';
import type { BindHarness, BindPair } from './harness.js';
import { numberOf, payload, payloads } from './payload.js';

export const BIND_WORDS: PartWords = { contract: 'bind', stream: 'datagrams$', take: 'send' };

type Side = Subject<Bind>;

/** Two Binds, opened as a node would; b is under test, and a is its peer. */
export class BindBench extends PartBench<Bind> {
  readonly words: PartWords = BIND_WORDS;
  readonly harness: BindHarness;
  readonly a: Side;
  readonly b: Side;
  /** All Binds there are: a, b, and a third one if the harness brings it. */
  readonly sides: readonly Side[];
  readonly #pair: BindPair;
  #next = 1;

  constructor(harness: BindHarness, pair: BindPair) {
    super(harness, pair.time);
    this.harness = harness;
    this.#pair = pair;
    this.a = new Subject(pair.a, pair.a.datagrams$, this.time.clock, 1);
    this.b = new Subject(pair.b, pair.b.datagrams$, this.time.clock, 2);
    const third = pair.c === undefined ? [] : [new Subject(pair.c, pair.c.datagrams$, this.time.clock, 3)];
    this.sides = [this.a, this.b, ...third];
  }

  get lossy(): boolean {
    return this.harness.lossy ?? false;
  }

  get subject(): Side {
    return this.b;
  }

  async surround(): Promise<void> {
    for (const side of this.sides.filter((side) => side !== this.b)) {
      side.listen();
      await this.must('open of the peer', () => side.open());
    }
  }

  protected override async opened(): Promise<void> {
    await this.until(() => this.place(this.a, this.b) !== undefined && this.place(this.b, this.a) !== undefined);
  }

  /** What `from` calls the place of `to`. */
  place(from: Side, to: Side): Remote | undefined {
    const text = this.text(to);
    return text === undefined ? undefined : from.part.parse(text);
  }

  text(of: Side): string | undefined {
    const told = of === this.a ? this.#pair.toA : this.#pair.toB;
    return told === undefined ? latest(of.part.localEndpoints$)?.[0]?.remote.text : told();
  }

  /** As place, for rules that cannot go on without. */
  remote(from: Side, to: Side): Remote {
    const remote = this.place(from, to);
    expectThat(remote !== undefined, `parse does not know the text of its peer (${String(this.text(to))})`);
    return remote;
  }

  /** A batch with exactly the room that the Bind declares. */
  lent(from: Side, packets: readonly Bytes[], options: Partial<LentOptions> = {}): LentBatch {
    const { headroom, tailroom } = from.part.traits;
    return new LentBatch(packets, from.context.pool, { headroom, tailroom, ...options });
  }

  /** Sends, checks what came back, and reuses the memory at once. */
  send(from: Side, to: Remote, packets: readonly Bytes[]): number {
    const batch = this.lent(from, packets, { remote: to });
    const taken = this.taken(from, to, batch);
    batch.poison();
    return taken;
  }

  /** What send returned, if that is possible at all. */
  taken(from: Side, to: Remote, batch: LentBatch): number {
    let taken: number;
    try {
      taken = from.part.send(to, batch);
    } catch (thrown) {
      throw new Error(`send threw: ${textOf(thrown)}`, { cause: thrown });
    }
    const possible = Number.isInteger(taken) && taken >= 0 && taken <= batch.count;
    expectThat(possible, `send returned ${taken} for a batch of ${batch.count}: more than count, or no count at all`);
    return taken;
  }

  /** Numbers of packets that nobody has used. */
  numbers(count: number): number {
    this.#next += count;
    return this.#next - count;
  }

  offer(packets: number): number {
    const to = this.place(this.b, this.a) ?? forged(this.b.part.scheme);
    return this.send(this.b, to, payloads(this.numbers(packets), packets));
  }

  cause(packets: number): void {
    const to = this.place(this.a, this.b);
    const first = this.numbers(packets);
    if (to !== undefined)
      this.send(
        this.a,
        to,
        Array.from({ length: packets }, (_, i) => payload(first + i, 100 + i)),
      );
  }

  /** Sends numbered packets from a to b in batches of these sizes and waits for them; their numbers. */
  async exchange(sizes: readonly number[], lengthOf: (number: number) => number): Promise<number[]> {
    const to = this.remote(this.a, this.b);
    const sent: number[] = [];
    for (const size of sizes) {
      const first = this.numbers(size);
      const numbers = Array.from({ length: size }, (_, i) => first + i);
      const taken = this.send(
        this.a,
        to,
        numbers.map((number) => payload(number, lengthOf(number))),
      );
      sent.push(...numbers.slice(0, taken));
      const expected = this.b.inbox.count + taken;
      if (size >= 16) await this.until(() => this.b.inbox.count >= expected);
    }
    await this.until(() => this.b.inbox.count >= sent.length);
    await this.settle();
    return sent;
  }

  /** Numbers of what came to b, undefined for damaged packets. */
  get received(): (number | undefined)[] {
    return this.b.inbox.arrivals.map(({ bytes }) => numberOf(bytes));
  }

  protected async dismantle(): Promise<void> {
    for (const side of this.sides) await this.outcome(() => side.part.close());
    await this.#pair.end?.();
  }
}

/** A remote that no Bind made. */
export function forged(scheme: string): Remote {
  return { scheme, text: `${scheme}:nowhere`, id: new Uint8Array([1, 2, 3]), limitKey: 'nowhere' };
}
