// @ts-check
// Names of a tailnet, for the programs of a host.
import { site } from '../lib/site.mjs';
import { tailnetNode } from '../lib/tailnet-node.mjs';
import { until } from '../lib/wait.mjs';
import { KEY } from './control.mjs';

/** Where every node of a tailnet has its resolver. */
export const RESOLVER = '100.100.100.100';
const HEADER = '123401000001000000000000';
/** A name that points at itself, two that point at each other, a length beyond the end, answers in a question, nothing, half a header. */
export const HOSTILE = [
  `${HEADER}c00c00010001`,
  `${HEADER}c00ec00c00010001`,
  `${HEADER}3f61`,
  '12348180ffffffffffffffff',
  '',
  '123401',
  `${HEADER}${'3f'.padEnd(128, '61').repeat(8)}0000010001`,
];

/**
 * A node of ours with a TUN device on host a, and one without on host b.
 * @param {import('../lib/lab.mjs').Lab} lab
 */
export async function tunNode(lab) {
  const { hosts, control } = await site(lab, ['a', 'b'], { flags: ['-auth-key', KEY] });
  const ours = await tailnetNode(hosts.a, { control, authKey: KEY, tun: true });
  const other = await tailnetNode(hosts.b, { control, authKey: KEY });
  for (const node of [ours, other]) await node.running();
  await ours.peer('b');
  const routed = async () => (await hosts.a.exec(['ip', 'route', 'get', RESOLVER])).includes('heddle0');
  await until(lab, 'the resolver has a route', routed);
  return { host: hosts.a, ours, other };
}

/**
 * What dig prints about one question to the resolver.
 * @param {import('../lib/namespace.mjs').Namespace} host
 * @param {...string} question
 */
export function dig(host, ...question) {
  return host.exec(['dig', `@${RESOLVER}`, '+timeout=2', '+tries=2', ...question], { accept: [0, 9] });
}
