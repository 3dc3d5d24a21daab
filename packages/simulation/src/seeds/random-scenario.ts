import type { SeededRandom } from '@heddle/testing';
import type { Disturbance, HostDisturbance, NatKind, NodePlan, Scenario, Step } from '../scenario/scenario.js';

const NATS: readonly NatKind[] = ['none', 'full cone', 'port restricted', 'symmetric', 'double'];
/** Before the first event. */
const CALM = 2_500;
const NAMES = ['ann', 'bob', 'cat'];

/** One or two events that belong together: what is broken is mended, so that everything may be well in the end. */
type Trouble = (random: SeededRandom, node: string, relay: number) => readonly Step[];

const TROUBLES: readonly Trouble[] = [
  (random, node) => between(random, { do: 'block-udp', node }, { do: 'allow-udp', node }),
  (random, node) => between(random, { do: 'cut', node }, { do: 'mend', node }),
  (random, _node, relay) => between(random, { do: 'stop-relay', relay }, { do: 'start-relay', relay }),
  (_random, node) => [{ do: 'move', node }],
  (_random, node) => [{ do: 'reboot-nat', node }],
  (_random, node) => [{ do: 'restart', node }],
  (random, node) => [{ do: 'link', node, jitter: random.integer(20) }],
  (random, node) => [{ do: 'link', node, loss: random.integer(5) / 100 }],
  (random, node) => [{ do: 'link', node, delay: 5 + random.integer(60) }],
];

/** Two or three nodes, one to three relays, one to three troubles; the same seed, the same scenario. */
export function randomScenario(random: SeededRandom): Scenario {
  const names = NAMES.slice(0, 2 + (random.chance(0.2) ? 1 : 0));
  const relays = Array.from({ length: 1 + random.integer(3) }, () => 5 + random.integer(40));
  const nodes = Object.fromEntries(names.map((name) => [name, randomPlan(random)]));
  const troubles = Array.from({ length: 1 + random.integer(3) }, () => trouble(random, names, relays.length));
  const says = 'everybody reaches everybody when all is over';
  return { says, nodes, relays, steps: [{ pass: CALM }, ...allowed(nodes), ...troubles.flat()] };
}

function randomPlan(random: SeededRandom): NodePlan {
  const nat = NATS[random.integer(NATS.length)]!;
  return { nat, delay: 1 + random.integer(30), ...(random.chance(0.1) && { blocked: true }) };
}

function trouble(random: SeededRandom, names: readonly string[], relays: number): readonly Step[] {
  const kind = TROUBLES[random.integer(TROUBLES.length)]!;
  const steps = kind(random, names[random.integer(names.length)]!, random.integer(relays));
  return [...steps, { pass: 300 + random.integer(3_500) }];
}

function between(random: SeededRandom, first: Disturbance, last: Disturbance): readonly Step[] {
  return [first, { pass: 200 + random.integer(5_500) }, last];
}

/** Half of the firewalls stay shut. */
function allowed(nodes: Scenario['nodes']): readonly HostDisturbance[] {
  const blocked = Object.entries(nodes).filter(([, plan]) => plan.blocked);
  return blocked.filter((_, i) => i % 2 === 0).map(([node]) => ({ do: 'allow-udp', node }));
}
