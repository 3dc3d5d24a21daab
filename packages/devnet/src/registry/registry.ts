import { addressesOf } from './address-plan.js';
import { type DevnetNode, inOneForm, ownerOf } from './devnet-node.js';
import { freeLabel, hostLabel } from './host-label.js';

/** How much of a node has changed: all of it, where it is reached, or only whether it is there; `new`: there was none. */
export type ChangeKind = 'new' | 'whole' | 'place' | 'presence' | 'gone';

/** Told of every change, in order, in the stack of who made it. */
export type ChangeListener = (id: number, kind: ChangeKind) => void;

/** What outlives the process. */
export interface RegistrySnapshot {
  readonly nextId: number;
  readonly users: readonly string[];
  readonly nodes: readonly DevnetNode[];
}

/** A node before it has a number, a name and addresses. */
export type NewNode = Omit<DevnetNode, 'id' | 'name' | 'addresses'>;

/** All nodes and users of the tailnet. Ids, names and addresses are unique, and an id is never given twice. */
export class Registry {
  readonly #nodes = new Map<number, DevnetNode>();
  readonly #byKey = new Map<string, number>();
  readonly #byMachine = new Map<string, number>();
  readonly #byName = new Map<string, number>();
  readonly #users: string[] = [];
  readonly #listeners = new Set<ChangeListener>();
  #nextId = 1;

  get size(): number {
    return this.#nodes.size;
  }

  nodes(): IterableIterator<DevnetNode> {
    return this.#nodes.values();
  }

  get(id: number): DevnetNode | undefined {
    return this.#nodes.get(id);
  }

  byKey(key: string): DevnetNode | undefined {
    return this.#of(this.#byKey.get(key));
  }

  byMachine(machine: string): DevnetNode | undefined {
    return this.#of(this.#byMachine.get(machine));
  }

  byName(name: string): DevnetNode | undefined {
    return this.#of(this.#byName.get(name));
  }

  /** The number of a user, given at first sight. */
  userId(login: string): number {
    const at = this.#users.indexOf(login);
    return at < 0 ? this.#users.push(login) : at + 1;
  }

  /** Undefined when all addresses are taken. */
  add(fresh: NewNode): DevnetNode | undefined {
    const addresses = addressesOf(this.#nextId);
    if (addresses === undefined) return undefined;
    const name = freeLabel(hostLabel(fresh.host.hostname), (label) => this.#byName.has(label));
    const node = this.#keep({ ...fresh, id: this.#nextId++, name, addresses });
    this.#tell(node.id, 'new');
    return node;
  }

  /** Replaces a node that is there. Its id and addresses stay. */
  change(node: DevnetNode, kind: Exclude<ChangeKind, 'new' | 'gone'>): void {
    const before = this.#nodes.get(node.id);
    if (before === undefined) return;
    this.#unname(before);
    this.#keep(node);
    this.#tell(node.id, kind);
  }

  remove(id: number): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    this.#drop(node);
    this.#tell(id, 'gone');
  }

  /** Returns the undo. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): RegistrySnapshot {
    return { nextId: this.#nextId, users: this.#users, nodes: [...this.#nodes.values()] };
  }

  /** Takes over what a snapshot holds: every node is offline until it comes back. */
  restore({ nextId, users, nodes }: RegistrySnapshot, wall: number): void {
    this.#nextId = nextId;
    this.#users.push(...users);
    for (const node of nodes) this.#keep({ ...node, online: false, lastSeen: node.lastSeen ?? wall });
  }

  #of(id: number | undefined): DevnetNode | undefined {
    return id === undefined ? undefined : this.#nodes.get(id);
  }

  #keep(made: DevnetNode): DevnetNode {
    const node = inOneForm(made);
    this.#nodes.set(node.id, node);
    this.#byKey.set(node.key, node.id);
    this.#byMachine.set(node.machine, node.id);
    this.#byName.set(node.name, node.id);
    this.userId(ownerOf(node));
    return node;
  }

  #drop(node: DevnetNode): void {
    this.#nodes.delete(node.id);
    this.#unname(node);
  }

  #unname(node: DevnetNode): void {
    this.#byKey.delete(node.key);
    this.#byMachine.delete(node.machine);
    this.#byName.delete(node.name);
  }

  #tell(id: number, kind: ChangeKind): void {
    for (const listener of this.#listeners) listener(id, kind);
  }
}
