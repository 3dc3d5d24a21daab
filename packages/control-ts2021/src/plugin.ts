import { definePlugin, type Plugin, provide, provideControl, type Token, Tokens, token } from '@heddle/core';
import type { Ts2021Control } from './control/ts2021-control.js';
import { TS2021_ERRORS } from './errors.js';
import { makeControl } from './make-control.js';
import { readOptions, type Ts2021Options } from './options.js';
import { Ts2021 } from './ts2021.js';

/** The Control and its further abilities are one object, which is made once. */
const PART: Token<Ts2021Control> = token<Ts2021Control>('@heddle/control-ts2021/Part');

/**
 * Joins a tailnet of Tailscale or Headscale. With an auth key the node registers by itself; without one, control's state carries the URL
 * where somebody logs it in. Throws HEDDLE_TS2021_OPTIONS for options that cannot be.
 */
export function ts2021(options: Ts2021Options = {}): Plugin {
  const settings = readOptions(options);
  return definePlugin({
    name: '@heddle/control-ts2021',
    provides: [
      provide(PART, [Tokens.Identity, Tokens.StateStore, Tokens.Crypto], (identity, store, crypto) =>
        makeControl(settings, options, { identity, store, crypto }),
      ),
      provideControl([PART], (part) => part),
      provide(Ts2021, [PART], (part) => part),
    ],
    offers: ['control.set-dns'],
    errors: TS2021_ERRORS,
  });
}
