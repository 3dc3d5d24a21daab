/** A mapping of a NAT must hear from us before 30 s are over. */
const REFRESH_MIN = 20_000;
const REFRESH_SPREAD = 6_000;
/** How long after the last datagram the mapping is kept. */
const ACTIVE_FOR = 45_000;
const FULL_AGAIN = 5 * 60_000;
/** How often the counts are looked at while there is traffic. */
const LOOK = 1_000;
/** Looks in a row in which we spoke and heard nothing: perhaps the NAT has forgotten us. */
const QUIET_LOOKS = 2;
const REFRESH_GAP = 1_000;
const QUIET_GAP = 5_000;
const QUIET_GAP_MAX = 60_000;

/** When servers are asked: after each change, while there is traffic every 20 to 26 seconds, and when nobody answers us any more. */
export class StunSchedule {
  readonly #spread: () => number;
  #due = Infinity;
  #full = true;
  #fullAt = -Infinity;
  #lookAt = Infinity;
  #activeUntil = -Infinity;
  #sent = 0;
  #received = 0;
  #quietLooks = 0;
  #quietGap = QUIET_GAP;
  #quietAgainAt = 0;

  /** `spread` gives a number from 0 up to 1. */
  constructor(spread: () => number) {
    this.#spread = spread;
  }

  /** The network, the servers or the sockets are others, or somebody wants to know. */
  changed(now: number): void {
    this.#due = now;
    this.#full = true;
    this.#quietLooks = 0;
    this.#quietGap = QUIET_GAP;
  }

  /** A full round, now or a second after the last one began. */
  refresh(now: number): void {
    this.#due = Math.max(now, this.#fullAt - FULL_AGAIN + REFRESH_GAP);
    this.#full = true;
  }

  /** No round, until something changes: nobody can be asked. */
  stop(): void {
    this.#due = Infinity;
    this.#lookAt = Infinity;
  }

  /** True when it does not look by itself, and the next datagram must be told by `wake`. */
  get asleep(): boolean {
    return this.#lookAt === Infinity;
  }

  /** When the counts are to be looked at. */
  get lookAt(): number {
    return this.#lookAt;
  }

  wake(now: number): void {
    this.#lookAt = now + LOOK;
    this.#activeUntil = now + ACTIVE_FOR;
    if (this.#due === Infinity) this.#due = now;
  }

  /** Counts of datagrams so far. */
  look(now: number, sent: number, received: number): void {
    if (now < this.#lookAt) return;
    const [spoke, heard] = [sent !== this.#sent, received !== this.#received];
    this.#sent = sent;
    this.#received = received;
    if (spoke) this.#activeUntil = now + ACTIVE_FOR;
    this.#lookAt = now < this.#activeUntil ? now + LOOK : Infinity;
    if (this.#lookAt === Infinity) this.#due = Infinity;
    this.#judge(now, spoke, heard);
  }

  /** What kind of round begins now. */
  take(now: number): 'full' | 'some' | undefined {
    if (now < this.#due) return undefined;
    const full = this.#full || now >= this.#fullAt;
    if (full) this.#fullAt = now + FULL_AGAIN;
    this.#full = false;
    this.#due = now < this.#activeUntil ? now + REFRESH_MIN + this.#spread() * REFRESH_SPREAD : Infinity;
    return full ? 'full' : 'some';
  }

  /** Those who were asked said nothing; next time all are. */
  unheard(now: number, wasFull: boolean): void {
    this.#full = true;
    if (!wasFull) this.#due = now;
  }

  nextDeadline(): number {
    return Math.min(this.#due, this.#lookAt);
  }

  #judge(now: number, spoke: boolean, heard: boolean): void {
    if (heard) {
      this.#quietLooks = 0;
      this.#quietGap = QUIET_GAP;
    } else if (spoke) this.#quietLooks += 1;
    if (this.#quietLooks < QUIET_LOOKS || now < this.#quietAgainAt) return;
    this.#quietLooks = 0;
    this.#quietAgainAt = now + this.#quietGap;
    this.#quietGap = Math.min(QUIET_GAP_MAX, 2 * this.#quietGap);
    this.#due = now;
  }
}
