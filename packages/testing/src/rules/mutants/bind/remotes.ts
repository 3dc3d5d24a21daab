import type { PacketBatch, Remote, WritableBatch } from '@heddle/core';
import { namedRemote } from '@heddle/core';
import { GoodBind } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

export const remoteMutants: readonly BindMutant[] = [
  mutant(
    'makes a new remote each time',
    'interned',
    /not interned/,
    class extends GoodBind {
      protected override remote(name: string): Remote {
        return { scheme: 'good', text: `good:${name}`, ...namedRemote(name || '-') };
      }
    },
  ),
  mutant(
    'makes a new remote for received datagrams',
    'interned',
    /not interned|is not the object/,
    class extends GoodBind {
      protected override emit(remote: Remote, packets: readonly Uint8Array[]): void {
        super.emit({ ...remote }, packets);
      }
    },
  ),
  mutant(
    'interns without bound',
    'interning-bounded',
    /no bound/,
    class extends GoodBind {
      readonly #all = new Map<string, Remote>();
      protected override remote(name: string): Remote {
        const known = this.#all.get(name) ?? super.remote(name);
        this.#all.set(name, known);
        return known;
      }
    },
  ),
  mutant(
    'mixes remotes in one batch',
    'one-remote-per-batch',
    /two remotes|mixed/,
    class extends GoodBind {
      readonly #waiting: Uint8Array[] = [];
      override receive(from: string, packets: readonly Uint8Array[]): void {
        this.#waiting.push(...packets);
        const { clock } = this.context!;
        clock.at(clock.now() + 1, () => {
          if (this.#waiting.length > 0) super.receive(from, this.#waiting.splice(0));
        });
      }
    },
  ),
  mutant(
    'throws in parse',
    'parse-refuses',
    /parse threw/,
    class extends GoodBind {
      override parse(text: string): Remote | undefined {
        if (!text.includes(':')) throw new Error(`bad remote ${text}`);
        return super.parse(text);
      }
    },
  ),
  mutant(
    'takes any scheme',
    'parse-refuses',
    /not of its scheme/,
    class extends GoodBind {
      override parse(text: string): Remote | undefined {
        return this.remote(text.slice(text.indexOf(':') + 1));
      }
    },
  ),
  mutant(
    'names remotes by a text that it cannot read',
    'parse-round-trip',
    /read back|does not begin/,
    class extends GoodBind {
      readonly #odd = new Map<string, Remote>();
      protected override remote(name: string): Remote {
        const odd = this.#odd.get(name) ?? { ...super.remote(name), text: `<good>${name}` };
        this.#odd.set(name, odd);
        return odd;
      }
    },
  ),
  mutant(
    'keeps the id of a remote in the received buffer',
    'reply-to-remote',
    /lent buffer/,
    class extends GoodBind {
      protected override handOver(batch: WritableBatch, remote: Remote, packets: readonly Uint8Array[]): void {
        for (const packet of packets) batch.push(packet);
        this.named ??= { ...remote, id: batch.slab.subarray(batch.offsets[0]!, batch.offsets[0]! + 8) };
        batch.remote = this.named;
        this.deliver(batch);
        batch.release();
      }
      protected named: Remote | undefined;
    },
  ),
  mutant(
    'throws in send',
    'foreign-remote',
    /send threw/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        if (to.scheme !== this.scheme) throw new Error('not my remote');
        return super.send(to, batch);
      }
    },
  ),
  mutant(
    'sends to remotes of another scheme',
    'foreign-remote',
    /another scheme/,
    class extends GoodBind {
      override send(to: Remote, batch: PacketBatch): number {
        return to.scheme === this.scheme ? super.send(to, batch) : batch.count;
      }
    },
  ),
];
