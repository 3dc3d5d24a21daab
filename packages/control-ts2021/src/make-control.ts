import type { AuthKeySource } from './control/registrar.js';
import { Ts2021Control } from './control/ts2021-control.js';
import type { ControlGiven } from './control/works.js';
import { readAuthKeyFile } from './node/auth-key-file.js';
import { hostFacts } from './node/host-facts.js';
import { NodeTransport } from './node/node-transport.js';
import type { Settings, Ts2021Options } from './options.js';

type AuthKeyOptions = Pick<Ts2021Options, 'authKey' | 'authKeyFile'>;

/** A control over the sockets of Node. */
export function makeControl(
  settings: Settings,
  authKey: AuthKeyOptions,
  services: Pick<ControlGiven, 'identity' | 'store' | 'crypto'>,
): Ts2021Control {
  const { identity, crypto } = services;
  return new Ts2021Control({
    ...settings,
    ...services,
    authKey: authKeyOf(authKey),
    facts: hostFacts(settings.tags, settings),
    transport: ({ clock, random }, goesTo) =>
      new NodeTransport({ ...settings, clock, random, crypto, goesTo, machine: crypto.x25519.load(identity.machineKey.privateKey) }),
  });
}

/** Kept in a closure, so that nothing that is inspected or logged has it. */
function authKeyOf({ authKey, authKeyFile }: AuthKeyOptions): AuthKeySource {
  if (authKeyFile !== undefined) return () => readAuthKeyFile(authKeyFile);
  return authKey === undefined ? undefined : async () => authKey;
}
