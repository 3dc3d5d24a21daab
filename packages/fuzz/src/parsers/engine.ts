import { messageType } from '@heddle/wire';
import { mac1Key, writeMac1 } from '../../../wireguard/src/message-macs.js';
import { table } from '../../../wireguard/test/packets.js';
import { Sim, type SimNode } from '../../../wireguard/test/sim.js';
import { fingerprint } from '../bytes.js';
import { type Parser, promise, type Run } from '../parser.js';

/** A new pair of engines after so many inputs, so that timers and tables do not decide which input meets which state. */
const RENEW_AFTER = 2_000;
const CHECK_EVERY = 500;
const INITIATION = 1;
const RESPONSE = 2;

/** Two engines, of which `a` gets the inputs and `b` is its honest peer. The same every time. */
interface Pair {
  readonly sim: Sim;
  readonly a: SimNode;
  readonly b: SimNode;
  /** Datagrams for `a` that have not arrived yet. */
  readonly valid: readonly Uint8Array[];
}

/** The engine's receive in one state. */
function engine(name: string, make: () => Pair, carries: boolean): Parser {
  return { name, kind: 'bytes', longest: 1600, seeds: make().valid, start: () => new Target(make, carries).run };
}

/** Keeps a pair in its state, feeds it, and looks whether it still does what it should. */
class Target {
  readonly #make: () => Pair;
  readonly #carries: boolean;
  #pair: Pair;
  #inputs = 0;

  constructor(make: () => Pair, carries: boolean) {
    this.#make = make;
    this.#carries = carries;
    this.#pair = make();
  }

  readonly run: Run = (input) => {
    if (++this.#inputs % RENEW_AFTER === 0) this.#pair = this.#make();
    const { sim, a, b } = this.#pair;
    sim.now += 1;
    a.engine.receive(sim.now, b.place, table(signed(input, a)));
    a.engine.tick(sim.now);
    promise(
      a.heard.every((text) => text === 'hello'),
      'only what the peer has said is delivered',
    );
    promise(a.engine.peers().length === 1, 'nobody becomes a peer by a datagram');
    a.received.length = 0;
    if (this.#carries && this.#inputs % CHECK_EVERY === 0) stillCarries(this.#pair);
  };
}

/** The session survives whatever came from elsewhere. */
function stillCarries({ sim, a, b }: Pair): void {
  const mark = sim.log.length;
  b.say(a, 'hello');
  for (const { bytes } of sim.sent(b, 4, mark)) a.engine.receive(sim.now, b.place, table(bytes));
  promise(a.heard.length === 1, 'the session still carries packets');
  a.received.length = 0;
}

/** One in eight handshake messages gets a right mac1, so that it goes further than that. */
function signed(input: Uint8Array, to: SimNode): Uint8Array {
  const type = messageType(input, 0, input.length);
  if ((type !== INITIATION && type !== RESPONSE) || fingerprint(input) % 8 !== 0) return input;
  const copy = input.slice();
  const { blake2s } = to.sim.crypto;
  writeMac1(blake2s, mac1Key(blake2s, to.publicKey), copy);
  return copy;
}

/** What `b` sends while nothing arrives. */
function unheard(sim: Sim, b: SimNode, act: () => void): readonly Uint8Array[] {
  const mark = sim.log.length;
  sim.wire = () => [];
  act();
  sim.run(1);
  return sim.log.slice(mark).flatMap(({ from, bytes }) => (from === b ? [bytes.slice()] : []));
}

/** Nothing has happened, and `b` calls. */
function strangers(underLoadAt?: number): Pair {
  const sim = new Sim(1);
  const [a, b] = sim.pair({}, underLoadAt === undefined ? {} : { limits: { underLoadAt } });
  return { sim, a, b, valid: unheard(sim, b, () => b.say(a, 'hello')) };
}

/** `a` has called; `b` answers, or asks for a cookie because it is under load. */
function waiting(): Pair {
  const [answered, asked] = [called(8), called(0)];
  return { ...answered, valid: [...answered.valid, ...asked.valid] };
}

function called(underLoadAt: number): Pair {
  const sim = new Sim(1);
  const a = sim.node();
  const b = sim.node({ limits: { underLoadAt } });
  a.knows(b);
  b.knows(a);
  sim.wire = () => [];
  a.say(b, 'hello');
  const [initiation] = sim.sent(a, INITIATION);
  const valid = unheard(sim, b, () => {
    b.engine.receive(sim.now, a.place, table(initiation!.bytes));
    b.engine.tick(sim.now);
  });
  return { sim, a, b, valid };
}

/** A session that carries packets, which `a` or `b` has begun; `b` says something and begins anew. */
function session(begins: 'a' | 'b'): Pair {
  const sim = new Sim(1);
  const [a, b] = sim.pair();
  const [first, second] = begins === 'a' ? [a, b] : [b, a];
  first.say(second, 'hello');
  sim.run(100);
  second.say(first, 'hello');
  sim.run(100);
  a.received.length = 0;
  const valid = unheard(sim, b, () => {
    b.say(a, 'hello');
    b.say(a, 'hello');
    b.engine.rehandshake(sim.now);
  });
  return { sim, a, b, valid };
}

/** The engine before, during and after a handshake, from both sides, and under load. */
export const engineParsers: readonly Parser[] = [
  engine('engine-idle', () => strangers(), false),
  engine('engine-loaded', () => strangers(0), false),
  engine('engine-waiting', waiting, false),
  engine('engine-initiator', () => session('a'), true),
  engine('engine-responder', () => session('b'), true),
];
