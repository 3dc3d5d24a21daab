import type { Bind, Bytes, Remote } from '@heddle/core';
import type { CountingSignal } from '../foundation/counting-signal.js';
import { latest } from '../foundation/latest.js';
import { LentBatch, type LentOptions } from '../foundation/lent-batch.js';
import type { PoisonContext } from '../foundation/poison-context.js';
import { expectThat } from '../foundation/rule.js';
import { type Early, PartBench, type PartWords } from '../part/part-bench.js';
import { Subject } from '../part/subject.js';
import type { BindHarness, BindPair } from './harness.js';
import { numberOf, payload } from './payload.js';

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

  constructor(harness: BindHarness, pair: BindPair) {
    super(harness, pair.time);
    this.harness = harness;
    this.#pair = pair;
    this.a = new Subject(pair.a, pair.a.datagrams$, this.time.clock, 1);
    this.b = new Subject(pair.b, pair.b.datagrams$, this.time.clock, 2);
    const third = pair.c === undefined ? [] : [new Subject(pair.c, pair.c.datagrams$, this.time.clock, 3)];
    this.sides = [this.a, this.b, ...third];
  }

  get unordered(): boolean {
    return this.harness.unordered ?? false;
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
    const told = of === this.a ? this.#pair.toA : of === this.b ? this.#pair.toB : undefined;
    return told === undefined ? latest(of.part.localEndpoints$)?.[0]?.remote.text : told();
  }

  /** As place, for rules that cannot go on without. */
  remote(from: Side, to: Side): Remote {
    const remote = this.place(from, to);
    expectThat(remote !== undefined, `parse does not know the text of its peer (${String(this.text(to))})`);
    return remote;
  }

  get contexts(): readonly PoisonContext[] {
    return this.sides.map(({ context }) => context);
  }

  get signals(): readonly CountingSignal[] {
    return this.sides.map(({ signal }) => signal);
  }

  packet(number: number, length: number): Bytes {
    return payload(number, length);
  }

  numberOf(output: Bytes): number | undefined {
    return numberOf(output);
  }

  /** From a to b. */
  lend(packets: readonly Bytes[], options: Partial<LentOptions> = {}): LentBatch {
    const { headroom, tailroom } = this.a.part.traits;
    return new LentBatch(packets, this.a.context.pool, { headroom, tailroom, remote: this.remote(this.a, this.b), ...options });
  }

  protected call(batch: LentBatch): number {
    return this.a.part.send(batch.remote!, batch);
  }

  /** Sends, checks what came back, and reuses the memory at once. */
  send(from: Side, to: Remote, packets: readonly Bytes[]): number {
    const { headroom, tailroom } = from.part.traits;
    const batch = new LentBatch(packets, from.context.pool, { headroom, tailroom, remote: to });
    const taken = this.checked(batch.count, () => from.part.send(to, batch));
    batch.poison();
    return taken;
  }

  offer(packets: number): number {
    const to = this.place(this.b, this.a) ?? forged(this.b.part.scheme);
    return this.send(
      this.b,
      to,
      this.packets(packets, () => 200),
    );
  }

  /** One packet each way, if both places are known already. */
  async atOnce(): Promise<Early | undefined> {
    if (this.place(this.a, this.b) === undefined || this.place(this.b, this.a) === undefined) return undefined;
    const before = this.a.inbox.count + this.b.inbox.count;
    const taken = this.offer(1);
    this.cause(1);
    return { taken, lost: () => Math.max(0, before + 2 - this.a.inbox.count - this.b.inbox.count) };
  }

  cause(packets: number): void {
    if (this.place(this.a, this.b) !== undefined) this.hand(this.packets(packets, (number) => 100 + (number % 50)));
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
