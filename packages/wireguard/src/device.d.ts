import type { Bytes, Crypto } from '@heddle/crypto';
import { AllowedIps } from './allowed-ips.js';
import type { DropReason, Endpoint, Sink, WireGuardLimits, WireGuardOptions } from './contract.js';
import type { Identity } from './identity.js';
import { IndexTable } from './index-table.js';
import type { Keypair } from './keypair.js';
import { RunPool } from './packet-run.js';
import type { IndexEntry, Peer } from './peer.js';
import { PeerTable } from './peer-table.js';
import { Schedule } from './schedule.js';
/** What the parts of the engine share. */
export declare class Device {
    #private;
    readonly crypto: Crypto;
    readonly sink: Sink;
    readonly random: (into: Bytes) => void;
    readonly wallClock: () => number;
    readonly limits: WireGuardLimits;
    readonly peers: PeerTable;
    readonly allowedIps: AllowedIps;
    readonly indices: IndexTable<IndexEntry>;
    readonly schedule: Schedule;
    readonly runs: RunPool;
    identity: Identity | undefined;
    mtu: number;
    constructor(options: WireGuardOptions);
    /** Where datagrams to this peer go that do not answer one. */
    routeTo(peer: Peer): Endpoint | undefined;
    /** With routes of its owner's, every peer may be. */
    isReachable(peer: Peer): boolean;
    /** Something authenticated came from there. */
    heardFrom(peer: Peer, from: Endpoint): void;
    /** 0 to 333 milliseconds. */
    jitter(): number;
    discard(keypair: Keypair): void;
    /** Both sides have the keys: as initiator after the response, as responder after the first data. */
    completeHandshake(peer: Peer): void;
    /** Gives up the initiation that waits for a response. */
    dropPending(peer: Peer): void;
    dropStaged(peer: Peer, reason: DropReason): void;
    /** A datagram by itself: handshake messages and cookies. */
    transmit(peer: Peer | undefined, to: Endpoint | undefined, datagram: Bytes): void;
}
