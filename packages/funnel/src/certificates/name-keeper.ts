import type { Clock, Logger } from '@heddle/core';
import type { Certificate } from '../certificate-source.js';
import type { Issued, KeptCertificates } from './kept-certificates.js';
import { OrderFault, saysOf } from './order-fault.js';
import { OrderPauses, type PauseRules } from './order-pauses.js';
import { isExpired, renewalTime } from './renewal.js';

export interface KeeperGround {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kept: KeptCertificates;
  readonly pauses: PauseRules;
  chance(): number;
  /** Gets a new certificate, in its turn. Rejects with an OrderFault, or when the signal aborts. */
  order(name: string, signal: AbortSignal): Promise<Issued>;
  /** Something is wrong with a name now; undefined: nothing is any more. */
  trouble(name: string, trouble: Trouble | undefined): void;
}

export interface Trouble {
  readonly code: 'HEDDLE_CERTIFICATE_ORDER' | 'HEDDLE_CERTIFICATE_STATE';
  readonly text: string;
}

/** The clock of a machine that slept, or was set, is looked at again after this at the latest. */
const LOOK_AGAIN = 6 * 3_600_000;
const DAY = 86_400_000;

/** The certificate of one name: kept, ordered when there is none or it grows old, one order at a time. */
export class NameKeeper {
  readonly #name: string;
  readonly #ground: KeeperGround;
  readonly #pauses: OrderPauses;
  readonly #end = new AbortController();
  #issued: Issued | undefined;
  #order: Promise<Issued> | undefined;
  #fault: OrderFault | undefined;
  #wanted = false;
  #cancel: (() => void) | undefined;

  constructor(name: string, ground: KeeperGround) {
    this.#name = name;
    this.#ground = ground;
    this.#pauses = new OrderPauses(ground.pauses, () => ground.chance());
    this.#issued = this.#restored();
  }

  /** From now on the certificate is had and renewed before anybody asks, or not any more. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#cancel?.();
    if (wanted) this.#look();
    else this.#ground.trouble(this.#name, undefined);
  }

  /** In wall-clock milliseconds; undefined without a certificate. */
  get endsAt(): number | undefined {
    return this.#issued?.validity.notAfter;
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  /** From memory, or from the order that is under way. */
  async get(): Promise<Certificate | undefined> {
    if (this.#wanted && this.#isDue()) this.#begin();
    const current = this.#current();
    if (current !== undefined) return current.certificate;
    if (this.#order !== undefined) return (await this.#order).certificate;
    if (this.#fault !== undefined) throw this.#fault;
    return undefined;
  }

  /** Orders now, whatever there is and whatever has failed before. Rejects with an OrderFault. */
  async renew(): Promise<void> {
    await (this.#order ?? this.#start());
  }

  stop(): void {
    this.#wanted = false;
    this.#cancel?.();
    this.#end.abort(new OrderFault('the node was closed'));
  }

  #restored(): Issued | undefined {
    const { kept, logger } = this.#ground;
    const read = kept.read(this.#name);
    if (read === 'damaged') logger.warn({ name: this.#name }, 'the certificate that was kept is of no use; a new one is ordered');
    return read === 'damaged' ? undefined : read;
  }

  #current(): Issued | undefined {
    return this.#issued !== undefined && !isExpired(this.#issued.validity, this.#ground.clock.wall()) ? this.#issued : undefined;
  }

  #isDue(): boolean {
    return this.#issued === undefined || renewalTime(this.#issued.validity) <= this.#ground.clock.wall();
  }

  /** Begins an order when it is time, and looks again when it may be. */
  #look(): void {
    if (!this.#wanted || this.#end.signal.aborted) return;
    if (this.#isDue()) this.#begin();
    const { clock } = this.#ground;
    this.#cancel?.();
    this.#cancel = clock.at(clock.now() + this.#untilNextLook(), () => this.#look());
  }

  #untilNextLook(): number {
    const { clock } = this.#ground;
    if (this.#order !== undefined) return LOOK_AGAIN;
    const pause = this.#pauses.until - clock.now();
    const renewal = this.#issued === undefined ? 0 : renewalTime(this.#issued.validity) - clock.wall();
    return Math.min(LOOK_AGAIN, Math.max(0, pause, renewal));
  }

  #begin(): void {
    if (this.#order !== undefined || this.#ground.clock.now() < this.#pauses.until) return;
    this.#start().catch(() => {});
  }

  #start(): Promise<Issued> {
    const order = this.#run().finally(() => {
      this.#order = undefined;
      this.#look();
    });
    order.catch(() => {});
    this.#order = order;
    return order;
  }

  async #run(): Promise<Issued> {
    const { clock, order } = this.#ground;
    try {
      this.#end.signal.throwIfAborted();
      const issued = await order(this.#name, this.#end.signal);
      // A CA or a clock that is wrong would otherwise be asked again at once, for ever.
      if (renewalTime(issued.validity) <= clock.wall())
        throw new OrderFault(`the certificate for ${this.#name} came old: look at the clock of this machine`);
      this.#pauses.succeeded();
      this.#fault = undefined;
      this.#issued = issued;
    } catch (thrown) {
      throw this.#failed(thrown);
    }
    await this.#keep(this.#issued);
    return this.#issued;
  }

  #failed(thrown: unknown): OrderFault {
    const { clock, logger } = this.#ground;
    const fault = thrown instanceof OrderFault ? thrown : new OrderFault(`no certificate for ${this.#name}: ${saysOf(thrown)}`);
    this.#fault = fault;
    this.#pauses.failed(clock.now(), fault.retryAfter);
    if (this.#end.signal.aborted) return fault;
    const retryIn = Math.round((this.#pauses.until - clock.now()) / 1_000);
    logger.warn({ name: this.#name, retryIn }, fault.message);
    this.#tell({ code: 'HEDDLE_CERTIFICATE_ORDER', text: `${fault.message}; the next try is in ${retryIn} s${this.#remaining()}` });
    return fault;
  }

  #remaining(): string {
    const current = this.#current();
    if (current === undefined) return '';
    const days = Math.floor((current.validity.notAfter - this.#ground.clock.wall()) / DAY);
    return `, the present certificate holds for ${days} more days`;
  }

  async #keep({ certificate }: Issued): Promise<void> {
    try {
      await this.#ground.kept.write(this.#name, certificate);
      this.#tell(undefined);
    } catch (thrown) {
      const text = `the certificate for ${this.#name} could not be kept, and is ordered anew after a restart: ${saysOf(thrown)}`;
      this.#ground.logger.warn({ name: this.#name }, text);
      this.#tell({ code: 'HEDDLE_CERTIFICATE_STATE', text });
    }
  }

  #tell(trouble: Trouble | undefined): void {
    if (this.#wanted) this.#ground.trouble(this.#name, trouble);
  }
}
