import { definePlugin, optional, type Plugin, provide, provideControl, type Token, Tokens, token } from '@heddle/core';
import type { StaticConfig } from './config.js';
import { STATIC_ERRORS } from './errors.js';
import { readConfig } from './read-config.js';
import { StaticControl } from './static-control.js';
import { StaticPart } from './static-part.js';
import type { WgQuickOptions } from './wg-quick.js';

/** The Control and its editor are one object, which is made once. */
const PART: Token<StaticPart> = token<StaticPart>('@heddle/control-static/Part');

/**
 * Peers from a configuration: plain WireGuard, no server. Takes an object, wg-quick text, or UAPI text (`set=1` and its lines), and
 * throws one HEDDLE_STATIC_CONFIG that lists every mistake. `node.get(StaticControl)` edits it while the node runs.
 */
export function staticControl(config: StaticConfig | string, options: WgQuickOptions = {}): Plugin {
  const initial = readConfig(config, options);
  return definePlugin({
    name: '@heddle/control-static',
    provides: [
      provide(
        PART,
        [Tokens.Identity, Tokens.Crypto, optional(Tokens.HostLookup)],
        (identity, crypto, lookup) => new StaticPart({ initial, identity, crypto, lookup }),
      ),
      provideControl([PART], (part) => part),
      provide(StaticControl, [PART], (part) => part),
    ],
    errors: STATIC_ERRORS,
  });
}
