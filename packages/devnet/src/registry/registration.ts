import type { AuthKey, AuthKeys } from './auth-keys.js';
import { type DevnetNode, type HostFacts, isExpired, ownerOf } from './devnet-node.js';
import type { Registry } from './registry.js';

/** What a node asks when it registers, checked. */
export interface RegisterRequest {
  /** From the handshake, so proven. */
  readonly machine: string;
  readonly nodeKey: string;
  readonly authKey?: string;
  /** Wall-clock milliseconds; in the past: a logout. */
  readonly expiry?: number;
  readonly host: HostFacts;
  readonly version: number;
}

export type RegisterOutcome =
  | { readonly is: 'registered'; readonly node: DevnetNode }
  | { readonly is: 'key-expired' }
  | { readonly is: 'refused'; readonly why: string };

const KEY_EXPIRED: RegisterOutcome = { is: 'key-expired' };
const NO_WAY_IN = 'this devnet lets nodes in by auth key only: start the node with one';

/** Decides who joins, in the order in which Headscale decides. */
export class Registration {
  readonly #registry: Registry;
  readonly #keys: AuthKeys;

  constructor(registry: Registry, keys: AuthKeys) {
    this.#registry = registry;
    this.#keys = keys;
  }

  register(request: RegisterRequest, wall: number): RegisterOutcome {
    const known = this.#registry.byKey(request.nodeKey);
    if (known !== undefined && known.machine !== request.machine) return refused('node exists with a different machine key');
    if (known !== undefined && request.expiry !== undefined) return this.#changeExpiry(known, request.expiry, wall);
    if (known !== undefined && !isExpired(known, wall)) return this.#welcome(known, request);
    if (request.authKey !== undefined) return this.#byAuthKey(request, request.authKey, wall);
    return known === undefined ? refused(NO_WAY_IN) : KEY_EXPIRED;
  }

  #changeExpiry(known: DevnetNode, expiry: number, wall: number): RegisterOutcome {
    if (expiry > wall) return refused('extending key is not allowed');
    if (known.ephemeral) this.#registry.remove(known.id);
    else this.#registry.change({ ...known, expiry: wall }, 'whole');
    return KEY_EXPIRED;
  }

  #byAuthKey(request: RegisterRequest, text: string, wall: number): RegisterOutcome {
    const key = this.#keys.check(text, wall);
    if (typeof key === 'string') return refused(key);
    const node = this.#enter(request, key, wall);
    if (node === undefined) return refused('this devnet has no more addresses');
    this.#keys.use(key);
    return { is: 'registered', node };
  }

  /** A machine that was here before keeps its id, name and addresses. */
  #enter(request: RegisterRequest, key: AuthKey, wall: number): DevnetNode | undefined {
    const { machine, nodeKey, host, version } = request;
    const { user, tags, ephemeral } = key;
    const before = this.#registry.byMachine(machine);
    const fresh = { machine, key: nodeKey, user, tags, ephemeral, version, host, endpoints: [], online: false, created: wall };
    if (before === undefined) return this.#registry.add({ ...fresh, lastSeen: wall });
    const { expiry: _, discoKey: __, ...rest } = before;
    const node = { ...rest, ...fresh, created: before.created, online: before.online };
    this.#registry.change(node, 'whole');
    return node;
  }

  #welcome(known: DevnetNode, request: RegisterRequest): RegisterOutcome {
    const node = { ...known, host: keepRegion(known, request) };
    if (JSON.stringify(node.host) !== JSON.stringify(known.host)) this.#registry.change(node, 'whole');
    return { is: 'registered', node };
  }
}

/** The answer to a register request, as the protocol writes it. */
export function registerAnswer(outcome: RegisterOutcome, registry: Registry): object {
  if (outcome.is === 'refused') return { Error: outcome.why };
  if (outcome.is === 'key-expired') return { NodeKeyExpired: true, MachineAuthorized: false };
  const login = ownerOf(outcome.node);
  const id = registry.userId(login);
  return {
    User: { ID: id, DisplayName: login },
    Login: { ID: id, Provider: 'devnet', LoginName: login, DisplayName: login },
    MachineAuthorized: true,
  };
}

function keepRegion(known: DevnetNode, { host }: RegisterRequest): HostFacts {
  return host.region === 0 ? { ...host, region: known.host.region } : host;
}

function refused(why: string): RegisterOutcome {
  return { is: 'refused', why };
}
