import { definePlugin, type Plugin, provide, provideControl, type Token, Tokens, token } from '@heddle/core';
import type { AuthKeySource } from './control/registrar.js';
import { Ts2021Control } from './control/ts2021-control.js';
import { TS2021_ERRORS } from './errors.js';
import { readAuthKeyFile } from './node/auth-key-file.js';
import { hostFacts } from './node/host-facts.js';
import { NodeTransport } from './node/node-transport.js';
import { readOptions, type Settings, type Ts2021Options } from './options.js';
import { Ts2021 } from './ts2021.js';

/** The Control and its further abilities are one object, which is made once. */
const PART: Token<Ts2021Control> = token<Ts2021Control>('@heddle/control-ts2021/Part');

/**
 * Joins a tailnet of Tailscale or Headscale. With an auth key the node registers by itself; without one, control's state carries the URL
 * where somebody logs it in. Throws HEDDLE_TS2021_OPTIONS for options that cannot be.
 */
export function ts2021(options: Ts2021Options = {}): Plugin {
  const settings = readOptions(options);
  const authKey = authKeyOf(options);
  return definePlugin({
    name: '@heddle/control-ts2021',
    provides: [
      provide(PART, [Tokens.Identity, Tokens.StateStore, Tokens.Crypto], (identity, store, crypto) =>
        makeControl(settings, authKey, { identity, store, crypto }),
      ),
      provideControl([PART], (part) => part),
      provide(Ts2021, [PART], (part) => part),
    ],
    errors: TS2021_ERRORS,
  });
}

function makeControl(
  settings: Settings,
  authKey: AuthKeySource,
  services: Pick<ConstructorParameters<typeof Ts2021Control>[0], 'identity' | 'store' | 'crypto'>,
): Ts2021Control {
  const { identity, crypto } = services;
  return new Ts2021Control({
    ...settings,
    ...services,
    authKey,
    facts: hostFacts(settings.tags, settings),
    transport: ({ clock, random }) =>
      new NodeTransport({ ...settings, clock, random, crypto, machine: crypto.x25519.load(identity.machineKey.privateKey) }),
  });
}

/** Kept in a closure, so that nothing that is inspected or logged has it. */
function authKeyOf({ authKey, authKeyFile }: Ts2021Options): AuthKeySource {
  if (authKeyFile !== undefined) return () => readAuthKeyFile(authKeyFile);
  return authKey === undefined ? undefined : async () => authKey;
}
