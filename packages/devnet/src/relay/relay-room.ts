import type { Bytes } from '@heddle/core';
import { DERP_FRAME, encodeDerpFrame, encodeDerpPeerGone, looksLikeDisco } from '@heddle/wire';
import type { FrameKind } from './outbox.js';

const DISCONNECTED = 0;
const NOT_HERE = 1;

/** A client that has said who it is. */
export interface RelayMember {
  /** Its node key, hexadecimal. */
  readonly key: string;
  readonly keyBytes: Bytes;
  send(kind: FrameKind, frame: Bytes): void;
}

/** Who is at the relay. Of several connections with one key, the one that wrote last gets the packets. */
export class RelayRoom {
  readonly #members = new Map<string, RelayMember[]>();
  /** Sender's key → who is here, got packets from it, and so wants to know when it goes. */
  readonly #heard = new Map<string, Set<string>>();
  /** Packets that went on. */
  forwarded = 0;
  /** Packets for nobody who is here. */
  lost = 0;

  get size(): number {
    return this.#members.size;
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  join(member: RelayMember): void {
    this.#members.set(member.key, [member, ...(this.#members.get(member.key) ?? [])]);
  }

  /** Tells those who got packets from it. */
  leave(member: RelayMember): void {
    const others = (this.#members.get(member.key) ?? []).filter((each) => each !== member);
    if (others.length > 0) this.#members.set(member.key, others);
    else {
      this.#members.delete(member.key);
      this.#tellGone(member);
      for (const receivers of this.#heard.values()) receivers.delete(member.key);
    }
  }

  /** True when the packet went on. */
  forward(from: RelayMember, to: string, packet: Bytes): boolean {
    this.#speaks(from);
    const receiver = this.#members.get(to)?.[0];
    if (receiver === undefined) {
      this.lost += 1;
      return false;
    }
    this.forwarded += 1;
    this.#remember(from.key, to);
    receiver.send(
      looksLikeDisco(packet, 0, packet.length) ? 'disco' : 'packet',
      encodeDerpFrame(DERP_FRAME.recvPacket, from.keyBytes, packet),
    );
    return true;
  }

  #speaks(member: RelayMember): void {
    const all = this.#members.get(member.key);
    if (all === undefined || all[0] === member) return;
    this.#members.set(member.key, [member, ...all.filter((each) => each !== member)]);
  }

  #remember(from: string, to: string): void {
    const receivers = this.#heard.get(from) ?? new Set();
    this.#heard.set(from, receivers.add(to));
  }

  #tellGone(member: RelayMember): void {
    const notice = encodeDerpPeerGone({ key: member.keyBytes, reason: DISCONNECTED });
    for (const key of this.#heard.get(member.key) ?? []) this.#members.get(key)?.[0]?.send('notice', notice);
    this.#heard.delete(member.key);
  }
}

/** What a client is told when its disco packet is for nobody here. */
export function notHere(key: Bytes): Bytes {
  return encodeDerpPeerGone({ key, reason: NOT_HERE });
}
