import type { Observable } from 'rxjs';
import type { BatchPool, PacketBatch } from './packets.js';
import type { RelayMap } from './relays.js';
import type { LocalEndpoint, Remote } from './remote.js';
import type { Clock, DropCounter, Health, Logger, Random } from './surroundings.js';

/** What core lends a Bind or a Stack for as long as it is open. */
export interface PartContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly pool: BatchPool;
  readonly log: Logger;
  readonly drop: DropCounter;
}

export interface BindTraits {
  /** True when datagrams pass through somebody else's machine. */
  readonly relay: boolean;
  /** Larger datagrams are refused by core and counted as `too-large`. */
  readonly largestDatagram: number;
  /** Room that send wants in front of and behind each packet. */
  readonly headroom: number;
  readonly tailroom: number;
}

/** What control may ask of a Bind. */
export interface BindSettings {
  /** Local port; 0: any. */
  readonly port?: number;
  /** SO_MARK, where the platform has it; 0: none. */
  readonly mark?: number;
  /** The tailnet's relays, for Binds that use them and for STUN. */
  readonly relays?: RelayMap;
}

/**
 * Carries opaque encrypted datagrams.
 *
 * Life: made (no I/O) → open → close. After close nothing is delivered, datagrams$ completes, and the same object is not opened again.
 */
export interface Bind {
  readonly contract: 1;
  /** Unique in a node; the first part of every remote's text. */
  readonly scheme: string;
  readonly traits: BindTraits;
  /** Resolves when send works. Rejects with the signal's reason when it aborts first, holding nothing. */
  open(context: PartContext, signal: AbortSignal): Promise<void>;
  /** Idempotent, bounded; resolves when every handle is closed, also when open failed or never ran. */
  close(): Promise<void>;
  /** Hot, synchronous, never empty, one remote per batch, never errors, completes on close. One subscriber: core. */
  readonly datagrams$: Observable<PacketBatch>;
  /** Replays the latest value. */
  readonly localEndpoints$: Observable<readonly LocalEndpoint[]>;
  /** Replays the latest value. */
  readonly health$: Observable<Health>;
  /** False while the *local* queue is full; core then pauses the Stack. A relay is always writable. Replays the latest value. */
  readonly writable$: Observable<boolean>;
  /** Synchronous and lossy: how many packets were taken, from the first on. Never throws, never delivers in the caller's stack; 0 when not open. */
  send(to: Remote, batch: PacketBatch): number;
  /** The place named by `scheme:rest`, always the same object for the same place; undefined for what this Bind cannot reach. */
  parse(text: string): Remote | undefined;
  /** Changes sockets while running; traffic goes on. Rejects, with everything as before, when it cannot. */
  configure?(settings: BindSettings): Promise<void>;
  /** The host says that the network may have changed: look again now. */
  poke?(): void;
}
