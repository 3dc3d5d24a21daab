import type { Identity, KeyPairBytes, LocalEndpoint, Random, SelfUpdate } from '@heddle/core';
import { type Bytes, type Crypto, generateKeyPair, PublicKey } from '@heddle/crypto';
import { endpointListsOf, type HostFacts, type Hostinfo, hostinfoOf } from '../poll/hostinfo.js';
import type { MapRequestFacts } from '../poll/map-request.js';

/** What this node is and says about itself, in the words of the protocol. */
export class OwnNode {
  readonly identity: Identity;
  readonly version: number;
  readonly #facts: HostFacts;
  readonly #random: Random;
  readonly #crypto: Crypto;
  #published: SelfUpdate = {};
  /** A key that the server has been asked to accept, while the one before is still in use. */
  #prepared: Bytes | undefined;
  #preparedPublic: Bytes | undefined;

  constructor(given: {
    readonly identity: Identity;
    readonly version: number;
    readonly facts: HostFacts;
    readonly random: Random;
    readonly crypto: Crypto;
  }) {
    this.identity = given.identity;
    this.version = given.version;
    this.#facts = given.facts;
    this.#random = given.random;
    this.#crypto = given.crypto;
  }

  publish(update: SelfUpdate): void {
    this.#published = { ...this.#published, ...update };
  }

  get hostinfo(): Hostinfo {
    return hostinfoOf(this.#facts, this.#published);
  }

  get endpoints(): readonly LocalEndpoint[] {
    return this.#published.endpoints ?? [];
  }

  /** In use now. Undefined while somebody has taken it away. */
  get nodeKey(): string | undefined {
    return textOf(this.identity.nodeKey);
  }

  /** What to register: the prepared key where there is one. */
  get candidate(): { readonly nodeKey: string; readonly oldNodeKey: string | undefined } | undefined {
    const current = this.nodeKey;
    if (this.#preparedPublic === undefined) return current === undefined ? undefined : { nodeKey: current, oldNodeKey: undefined };
    return { nodeKey: PublicKey.fromBytes('node', this.#preparedPublic).toString(), oldNodeKey: current };
  }

  /** Makes the next node key. The one in use stays until the server has accepted the new one. */
  prepareKey(): void {
    const { privateKey, publicKey } = generateKeyPair('node', this.#crypto.x25519, (into) => this.#random.fill(into));
    this.#prepared = privateKey.reveal();
    this.#preparedPublic = publicKey.toBytes();
    privateKey.destroy();
  }

  /** The server has accepted the candidate. Resolves when it is kept. */
  async adoptCandidate(): Promise<void> {
    const prepared = this.#prepared;
    this.dropCandidate();
    if (prepared !== undefined) await this.identity.rotateNodeKey(prepared);
  }

  dropCandidate(): void {
    this.#prepared = undefined;
    this.#preparedPublic = undefined;
  }

  /** What a map request says; undefined without a node key. */
  get mapFacts(): MapRequestFacts | undefined {
    const nodeKey = this.nodeKey;
    if (nodeKey === undefined) return undefined;
    const discoKey = PublicKey.fromBytes('disco', this.identity.discoKey.publicKey).toString();
    return { version: this.version, nodeKey, discoKey, hostinfo: this.hostinfo, endpoints: endpointListsOf(this.endpoints) };
  }
}

function textOf(pair: KeyPairBytes | undefined): string | undefined {
  return pair && PublicKey.fromBytes('node', pair.publicKey).toString();
}
