import type { Hostinfo } from '../poll/hostinfo.js';

/** What this node says when it registers. Keys are texts. */
export interface RegisterFacts {
  readonly version: number;
  readonly nodeKey: string;
  readonly oldNodeKey?: string | undefined;
  /** A secret. */
  readonly authKey?: string | undefined;
  /** The login URL that the server gave: it holds the answer until somebody has logged in there. */
  readonly followup?: string | undefined;
  readonly ephemeral: boolean;
  readonly hostinfo: Hostinfo;
}

export const REGISTER: string = '/machine/register';
/** Any time in the past logs out; this is the one that the official client sends. */
const LONG_AGO = '1970-01-01T00:02:03Z';

/** The body of a registration. */
export function encodeRegister(facts: RegisterFacts): string {
  return JSON.stringify({
    Version: facts.version,
    NodeKey: facts.nodeKey,
    ...(facts.oldNodeKey !== undefined && { OldNodeKey: facts.oldNodeKey }),
    ...(facts.authKey !== undefined && { Auth: { AuthKey: facts.authKey } }),
    ...(facts.followup !== undefined && { Followup: facts.followup }),
    ...(facts.ephemeral && { Ephemeral: true }),
    Hostinfo: facts.hostinfo,
  });
}

/** The body that logs a node out. */
export function encodeLogout(facts: Pick<RegisterFacts, 'version' | 'nodeKey' | 'hostinfo'>): string {
  return JSON.stringify({ Version: facts.version, NodeKey: facts.nodeKey, Expiry: LONG_AGO, Hostinfo: facts.hostinfo });
}

/** What balances the load of a server sorts by node. */
export function balancerHeader(nodeKey: string): Readonly<Record<string, string>> {
  return { 'ts-lb': nodeKey };
}
