import type { Crypto, CryptoProvider, PrimitiveName, Primitives, Rejection } from './contract.js';
import { CryptoError } from './errors.js';
import { builtInProviders, byPreference, PRIMITIVE_NAMES } from './preference.js';
import { selfTest } from './self-test.js';

/** What to choose from, and what to insist on. */
export interface CryptoOptions {
  /** All candidates. Default: `builtInProviders`. One of your own goes in front of them: `[mine, ...builtInProviders]`. */
  readonly providers?: readonly CryptoProvider[];
  /** The provider that must serve everything, or one by primitive. There is no second choice then: what it cannot serve is an error. */
  readonly force?: string | Readonly<Partial<Record<PrimitiveName, string>>>;
}

/** One implementation of each primitive: the best that passes its known-answer test here. Tests only what it chooses and what it has to pass over. */
export function chooseCrypto(options: CryptoOptions = {}): Crypto {
  const candidates = (options.providers ?? builtInProviders).map((provider) => new Candidate(provider));
  const force = forcedNames(options.force);
  const rejected: Rejection[] = [];
  const winners = PRIMITIVE_NAMES.map((primitive) => {
    const name = force[primitive];
    return [primitive, name === undefined ? best(primitive, candidates, rejected) : forced(primitive, name, candidates)] as const;
  });
  const implementations = Object.fromEntries(winners.map(([primitive, winner]) => [primitive, winner.offered()[primitive]]));
  const chosen = Object.fromEntries(winners.map(([primitive, winner]) => [primitive, winner.name]));
  return { ...(implementations as unknown as Primitives), chosen: chosen as Crypto['chosen'], rejected };
}

/** A provider whose implementations are made when first asked for. */
class Candidate {
  readonly name: string;
  readonly #provider: CryptoProvider;
  #offered: Partial<Primitives> | undefined;

  constructor(provider: CryptoProvider) {
    this.name = provider.name;
    this.#provider = provider;
  }

  offered(): Partial<Primitives> {
    this.#offered ??= this.#provider.create();
    return this.#offered;
  }

  /** Why this provider cannot serve the primitive: 'not offered here', or what failed. Undefined when it can. */
  fault(primitive: PrimitiveName): string | undefined {
    try {
      const implementation = this.offered()[primitive];
      return implementation === undefined ? NOT_OFFERED : selfTest(primitive, implementation);
    } catch (error) {
      this.#offered = {};
      return `could not start: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

const NOT_OFFERED = 'not offered here';

function best(primitive: PrimitiveName, candidates: readonly Candidate[], rejected: Rejection[]): Candidate {
  for (const candidate of byPreference(primitive, candidates)) {
    const reason = candidate.fault(primitive);
    if (reason === undefined) return candidate;
    if (reason !== NOT_OFFERED) rejected.push({ provider: candidate.name, primitive, reason });
  }
  const tried = rejected.filter((rejection) => rejection.primitive === primitive).map((it) => `${it.provider}: ${it.reason}`);
  throw new CryptoError(
    'HEDDLE_CRYPTO_UNAVAILABLE',
    `no crypto provider serves ${primitive} (${tried.join('; ') || 'none offers it'}); add the noble provider`,
  );
}

function forced(primitive: PrimitiveName, name: string, candidates: readonly Candidate[]): Candidate {
  const candidate = candidates.find((it) => it.name === name);
  const reason = candidate === undefined ? `is not among ${candidates.map((it) => it.name).join(', ')}` : candidate.fault(primitive);
  if (candidate !== undefined && reason === undefined) return candidate;
  throw new CryptoError('HEDDLE_CRYPTO_FORCE', `provider "${name}" is forced for ${primitive} but cannot serve it: ${reason}`);
}

function forcedNames(force: CryptoOptions['force'] = {}): Readonly<Partial<Record<PrimitiveName, string>>> {
  if (typeof force === 'string') return Object.fromEntries(PRIMITIVE_NAMES.map((primitive) => [primitive, force]));
  for (const primitive of Object.keys(force)) {
    if ((PRIMITIVE_NAMES as readonly string[]).includes(primitive)) continue;
    throw new CryptoError('HEDDLE_CRYPTO_FORCE', `there is no primitive "${primitive}" to force; there are ${PRIMITIVE_NAMES.join(', ')}`);
  }
  return force;
}
