import { definePlugin, optional, type Plugin, provide, provideControl, type Token, Tokens, token } from '@heddle/core';
import type { Ts2021Control } from './control/ts2021-control.js';
import { ts2021Counters } from './counters.js';
import { TS2021_ERRORS } from './errors.js';
import { makeControl } from './make-control.js';
import { readOptions, type Ts2021Options } from './options.js';
import { Ts2021 } from './ts2021.js';

/** The Control and its further abilities are one object, which is made once. */
const PART: Token<Ts2021Control> = token<Ts2021Control>('@heddle/control-ts2021/Part');

const NEEDS = [Tokens.Identity, Tokens.StateStore, Tokens.Crypto, optional(Tokens.Counters)] as const;
const NAME = '@heddle/control-ts2021';

/**
 * Joins a tailnet of Tailscale or Headscale. With an auth key the node registers by itself; without one, control's state carries the URL
 * where somebody logs it in. Throws HEDDLE_TS2021_OPTIONS for options that cannot be.
 */
export function ts2021(options: Ts2021Options = {}): Plugin {
  const settings = readOptions(options);
  return definePlugin({
    name: NAME,
    provides: [
      provide(PART, NEEDS, (identity, store, crypto, counters) => {
        const control = makeControl(settings, options, { identity, store, crypto });
        for (const family of ts2021Counters(control)) counters?.show(NAME, family);
        return control;
      }),
      provideControl([PART], (part) => part),
      provide(Ts2021, [PART], (part) => part),
    ],
    offers: ['control.set-dns'],
    errors: TS2021_ERRORS,
  });
}
