import {
  type Health,
  HeddleError,
  type PacketBatch,
  PacketStream,
  type PartContext,
  type Stack,
  type StackConfig,
  type StackTraits,
  type WritableBatch,
} from '@heddle/core';
import { createUpperLayer, decodeEcho, formatAddress, turnIntoEchoReply } from '@heddle/wire';
import { BehaviorSubject, type Observable } from 'rxjs';

const CAPACITY = 512;
const CHUNK = 8;

/** A Stack that answers echoes and keeps every rule in plain words; each mutant breaks one method of it. */
export class GoodStack implements Stack {
  readonly contract = 1;
  traits: StackTraits = { superPackets: false, headroom: 4 };
  protected readonly out = new PacketStream<PacketBatch>();
  protected readonly health = new BehaviorSubject<Health>({ ok: true, since: 0 });
  readonly health$: Observable<Health> = this.health;
  readonly packets$: Observable<PacketBatch> = this.out.stream$;
  protected context: PartContext | undefined;
  protected own = new Set<string>();
  protected mtu = 1280;
  protected paused = false;
  protected held: Uint8Array[] = [];
  protected life: 'made' | 'open' | 'closed' = 'made';
  protected readonly closing = new AbortController();

  async open(context: PartContext, signal: AbortSignal): Promise<void> {
    if (this.life !== 'made') throw new HeddleError('HEDDLE_NOT_RUNNING', 'a Stack is opened once');
    await this.wait(context, AbortSignal.any([signal, this.closing.signal]));
    this.context = context;
    this.life = 'open';
  }

  async close(): Promise<void> {
    if (this.life === 'closed') return;
    this.life = 'closed';
    this.closing.abort(new Error('closed'));
    this.held = [];
    this.finish();
  }

  deliver(batch: PacketBatch): number {
    if (this.life !== 'open') return 0;
    const replies = this.repliesTo(batch);
    if (this.paused) this.hold(replies);
    else this.emitAll(replies);
    return batch.count;
  }

  pause(paused: boolean): void {
    this.paused = paused;
    if (!paused && this.life === 'open') this.emitAll(this.held.splice(0));
  }

  async configure(config: StackConfig): Promise<void> {
    this.own = new Set(config.addresses.map((prefix) => prefix.split('/')[0]!));
    this.mtu = config.mtu;
  }

  protected wait(context: PartContext, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const cancel = context.clock.at(context.clock.now() + 1, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
    });
  }

  protected finish(): void {
    this.out.complete();
  }

  protected repliesTo(batch: PacketBatch): Uint8Array[] {
    const replies: Uint8Array[] = [];
    for (let i = 0; i < batch.count; i++) {
      const packet = this.copy(batch, i);
      if (this.isMine(packet) && this.fits(packet) && this.turn(packet)) replies.push(packet);
    }
    return replies;
  }

  protected copy(batch: PacketBatch, index: number): Uint8Array {
    return batch.packet(index).slice();
  }

  protected isMine(packet: Uint8Array): boolean {
    const echo = decodeEcho(packet);
    return echo !== undefined && this.own.has(formatAddress(echo.destination));
  }

  protected fits(packet: Uint8Array): boolean {
    return packet.length <= this.mtu;
  }

  protected turn(packet: Uint8Array): boolean {
    return turnIntoEchoReply(packet, 0, packet.length, createUpperLayer());
  }

  protected hold(replies: readonly Uint8Array[]): void {
    const room = CAPACITY - this.held.length;
    this.held.push(...replies.slice(0, room));
    if (replies.length > room) this.context!.drop('paused', replies.length - room);
  }

  protected emitAll(packets: readonly Uint8Array[]): void {
    for (let at = 0; at < packets.length && this.life === 'open'; at += CHUNK) this.emit(packets.slice(at, at + CHUNK));
  }

  protected emit(packets: readonly Uint8Array[]): void {
    const batch = this.context!.pool.take(packets.length, 1_500);
    if (batch === undefined) this.context!.drop('pool-empty', packets.length);
    else this.handOver(batch, packets);
  }

  protected handOver(batch: WritableBatch, packets: readonly Uint8Array[]): void {
    for (const packet of packets) batch.push(packet);
    this.send(batch);
    batch.release();
  }

  protected send(batch: PacketBatch): void {
    this.out.emit(batch);
  }
}
