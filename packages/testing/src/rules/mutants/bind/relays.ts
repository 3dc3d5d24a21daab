import { type BindTraits, type LocalEndpoint, namedRemote, type PacketBatch, type PartContext, type Remote } from '@heddle/core';
import { GoodBind, type Letter } from '../good-bind.js';
import { type BindMutant, mutant } from './bind-mutant.js';

const CAPACITY = 256;

/** A relay that keeps every rule: always writable, with a ring that drops the oldest. */
export class GoodRelay extends GoodBind {
  override traits: BindTraits = { relay: true, largestDatagram: 9_000, headroom: 0, tailroom: 0 };

  protected override begin(context: PartContext): void {
    super.begin(context);
    this.state.endpoints.next([{ remote: this.remote(this.name), kind: 'relay' }]);
  }

  protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
    if (batch.lengths[index]! > this.traits.largestDatagram) {
      this.context!.drop('too-large', 1);
      return true;
    }
    if (this.outbox.letters.length >= CAPACITY) {
      this.outbox.letters.shift();
      this.context!.drop('queue-full', 1);
    }
    return super.takes(batch, index, to);
  }
}

/** A relay whose remotes have something more, or something else. */
function relayWith(more: Partial<Remote>): new (...made: ConstructorParameters<typeof GoodRelay>) => GoodRelay {
  return class extends GoodRelay {
    protected override remote(name: string): Remote {
      return this.state.remotes.intern(name, () => ({ ...namedRemote(name || '-'), ...more }));
    }
  };
}

export const relayMutants: readonly BindMutant[] = [
  mutant(
    'takes its place at a relay for a place of its own',
    'relay-endpoints',
    /traits\.relay is true.*"local"/,
    class extends GoodRelay {
      protected override begin(context: PartContext): void {
        super.begin(context);
        const [place] = this.state.endpoints.value;
        this.state.endpoints.next([place!, { ...place!, kind: 'local' }] satisfies LocalEndpoint[]);
      }
    },
  ),
  mutant(
    'passes for a relay and is none',
    'relay-endpoints',
    /traits\.relay is false.*"relay"/,
    class extends GoodRelay {
      override traits = { relay: false, largestDatagram: 9_000, headroom: 0, tailroom: 0 };
    },
  ),
  mutant(
    'gives those behind a relay an address',
    'relay-remotes',
    /127\.3\.3\.40: that is faked/,
    relayWith({ ip: { address: '127.3.3.40', port: 1 } }),
  ),
  mutant('vouches for half a key', 'relay-remotes', /nodeKey of good:\w+ has 16 bytes/, relayWith({ nodeKey: new Uint8Array(16) })),
  mutant(
    'vouches for a key and is no relay',
    'relay-remotes',
    /no relay vouches/,
    class extends GoodBind {
      protected override remote(name: string): Remote {
        return this.state.remotes.intern(name, () => ({ ...namedRemote(name || '-'), nodeKey: new Uint8Array(32) }));
      }
    },
  ),
  mutant('limits a relay instead of its peers', 'relay-sources', /same limitKey "192\.0\.2\.1"/, relayWith({ limitKey: '192.0.2.1' })),
  mutant('identifies peers by their relay', 'relay-sources', /same id/, relayWith({ id: new Uint8Array([192, 0, 2, 1]) })),
  mutant('vouches for one key, whoever it is', 'relay-sources', /same nodeKey/, relayWith({ nodeKey: new Uint8Array(32).fill(7) })),
  mutant(
    'pauses the node for a moment',
    'writable-again',
    /never pauses/,
    class extends GoodRelay {
      protected override drain(): void {
        this.state.writable.next(false);
        super.drain();
      }
    },
  ),
  mutant(
    'sends to everybody behind the relay',
    'addressee-only',
    /arrived at a third Bind/,
    class extends GoodRelay {
      protected override hand(_to: string, letters: readonly Letter[]): void {
        for (const to of this.exchange.binds.keys()) if (to !== this.name) super.hand(to, letters);
      }
    },
  ),
  mutant(
    'hears itself',
    'addressee-only',
    /arrived at their sender/,
    class extends GoodRelay {
      protected override hand(to: string, letters: readonly Letter[]): void {
        for (const each of new Set([to, this.name])) super.hand(each, letters);
      }
    },
  ),
  mutant(
    'wipes the id when it has sent',
    'reply-to-remote',
    /wrote into the id/,
    class extends GoodRelay {
      override send(to: Remote, batch: PacketBatch): number {
        const taken = super.send(to, batch);
        to.id.fill(0);
        return taken;
      }
    },
  ),
  mutant(
    'names its place by another scheme',
    'endpoints',
    /has the scheme "other"/,
    class extends GoodRelay {
      protected override begin(context: PartContext): void {
        super.begin(context);
        const [place] = this.state.endpoints.value;
        this.state.endpoints.next([{ ...place!, remote: { ...place!.remote, scheme: 'other' } }]);
      }
    },
  ),
  mutant(
    'drops the newest',
    'relay-keeps-newest',
    /drops the newest/,
    class extends GoodRelay {
      protected override takes(batch: PacketBatch, index: number, to: Remote): boolean {
        if (this.outbox.letters.length < CAPACITY) return super.takes(batch, index, to);
        this.context!.drop('queue-full', 1);
        return true;
      }
    },
  ),
];
