import { type Bytes, type PacketTable } from '@heddle/crypto';
import type { Endpoint, PeerConfig, PeerRef, PeerStatus, WireGuardEngine, WireGuardOptions } from './contract.js';
/** The WireGuard protocol without I/O, clock or randomness of its own. */
export declare class WireGuard implements WireGuardEngine {
    #private;
    constructor(options: WireGuardOptions);
    get publicKey(): Bytes | undefined;
    setPrivateKey(now: number, privateKey: Bytes | undefined): void;
    setMtu(mtu: number): void;
    setPeer(now: number, config: PeerConfig): PeerRef;
    removePeer(_now: number, publicKey: Bytes): boolean;
    peer(publicKey: Bytes): PeerRef | undefined;
    peers(): readonly PeerRef[];
    config(ref: PeerRef): PeerConfig;
    status(ref: PeerRef): PeerStatus;
    send(now: number, packets: PacketTable): void;
    receive(now: number, from: Endpoint, datagrams: PacketTable): void;
    tick(now: number): void;
    nextDeadline(): number;
    expireSessions(now: number, asleep: number): void;
    rehandshake(now: number): void;
}
