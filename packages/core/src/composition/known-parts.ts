import type { Token } from './token.js';
import { Tokens } from './tokens.js';

/** Which of our packages offers a token, for the cure of a missing need. */
const BY_TOKEN: ReadonlyMap<symbol, string> = new Map([
  [Tokens.Stack.id, 'add netstack() from @heddle/stack-netstack or tun() from @heddle/stack-tun'],
  [Tokens.Flows.id, 'flows come from a Stack: add netstack() from @heddle/stack-netstack or tun() from @heddle/stack-tun'],
  [Tokens.Control.id, 'add ts2021() from @heddle/control-ts2021 or the plugin of @heddle/control-static'],
  [Tokens.Bind.id, 'add udp() from @heddle/transport-udp or derp() from @heddle/transport-derp'],
  [Tokens.PathSelector.id, 'add disco() from @heddle/path-disco'],
]);

const OTHERWISE = 'add a plugin that provides it, or hand it in with createNode({ host })';

/** What to do about a token that nobody provides. */
export function cureOfMissing(token: Token<unknown>): string {
  return BY_TOKEN.get(token.id) ?? OTHERWISE;
}
