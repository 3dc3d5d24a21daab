import { parseAddress, parseAddressPort } from '@heddle/wire';
import type { Capabilities, JsonValue, Netmap, PacketFilter, Peer, User } from '../contracts/netmap.js';
import { Grants, joinCapabilities } from '../filter/grants.js';
import type { NodeDirectory } from '../names/node-directory.js';
import { bareAddress } from '../names/node-names.js';

/** Who is behind an address of the tailnet. */
export interface WhoIs {
  readonly peer: Peer;
  /** Absent: control names none, as for tagged nodes. */
  readonly user: User | undefined;
  readonly tags: readonly string[];
  /** What control gave the node itself, and what the packet filter grants it towards this node. */
  readonly capabilities: Capabilities;
}

/** Answers who speaks from an address, from the latest netmap. */
export class Whois {
  readonly #directory: NodeDirectory;
  #grants: { readonly filter: PacketFilter; readonly grants: Grants } | undefined;

  constructor(directory: NodeDirectory) {
    this.#directory = directory;
  }

  /** An address, with or without a port (`100.64.0.2`, `100.64.0.2:80`, `[fd7a::2]:80`). Undefined: nobody has it. */
  of(text: string): WhoIs | undefined {
    const address = addressIn(text);
    const peer = address === undefined ? undefined : this.#directory.byAddress(address);
    const { map } = this.#directory;
    if (address === undefined || peer === undefined || map === undefined) return undefined;
    const user = peer.user === undefined ? undefined : map.users?.get(peer.user);
    return { peer, user, tags: peer.tags ?? [], capabilities: this.#capabilities(peer, address, map) };
  }

  #capabilities(peer: Peer, address: string, { self, filter }: Netmap): Capabilities {
    const ours = self?.addresses.map(bareAddress).find((own) => own.includes(':') === address.includes(':'));
    const all = new Map<string, readonly JsonValue[]>(peer.capabilities ?? []);
    if (ours === undefined || filter === undefined) return all;
    const [from, to] = [parseAddress(address), parseAddress(ours)];
    if (from !== undefined && to !== undefined) joinCapabilities(all, this.#grantsOf(filter).between(from, to));
    return all;
  }

  #grantsOf(filter: PacketFilter): Grants {
    if (this.#grants?.filter !== filter) this.#grants = { filter, grants: new Grants(filter) };
    return this.#grants.grants;
  }
}

function addressIn(text: string): string | undefined {
  if (parseAddress(text) !== undefined) return text;
  if (parseAddressPort(text) === undefined) return undefined;
  return text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
