import type { TextRecord } from '@heddle/core';
import { ControlFault, quoted } from '../dial/fault.js';
import { encodeSetDns, SET_DNS } from '../dns/set-dns-request.js';
import { balancerHeader } from '../register/register-request.js';
import type { ControlLink } from './link.js';
import type { OwnNode } from './own-node.js';

/** A server may wait for its name servers before it answers. */
const SET_WITHIN = 60_000;

/** Asks the server for a record in public DNS. Rejects with a ControlFault, or with the reason of the signal. */
export async function setDns(record: TextRecord, { link, node }: { link: ControlLink; node: OwnNode }, signal: AbortSignal): Promise<void> {
  const { nodeKey, version } = node;
  if (nodeKey === undefined) throw new ControlFault('HEDDLE_TS2021_LOGIN', 'this node has no key that the control server knows: log it in');
  const body = encodeSetDns(record, { version, nodeKey });
  const answer = await link.request({ method: 'POST', path: SET_DNS, headers: balancerHeader(nodeKey), body }, signal, SET_WITHIN);
  if (answer.status === 200) return;
  const says = `the control server did not set ${record.name} in DNS: HTTP ${answer.status}: ${quoted(answer.body)}`;
  const cure = hasNone(answer.status) ? '; this one sets no records (Headscale does not): let the CA ask in another way' : '';
  throw new ControlFault('HEDDLE_TS2021_REFUSED', says + cure, { status: answer.status });
}

/** Headscale answers 501, other servers without it 404. */
function hasNone(status: number): boolean {
  return status === 501 || status === 404;
}
