import { PathHealth } from '../paths/path-health.js';

/** One way to a peer and what is known of it. Times are those of the prober's clock; -Infinity: never. */
export class Way {
  readonly text: string;
  readonly relay: boolean;
  readonly health: PathHealth = new PathHealth();
  /** Who named it: control, the peer's latest call-me-maybe, or a ping of the peer that came from there. */
  inMap = false;
  called = false;
  learnedAt = -Infinity;
  pingedAt = -Infinity;
  /** Where the peer saw us when it last answered there. */
  seenAt: string | undefined;
  answeredAt = -Infinity;
  /** A relay is the transport's to judge: it always counts as working. */
  trustedUntil: number;

  constructor(text: string, relay: boolean) {
    this.text = text;
    this.relay = relay;
    this.trustedUntil = relay ? Infinity : -Infinity;
  }

  /** True when its pongs are fresh. */
  works(now: number): boolean {
    return now < this.trustedUntil;
  }

  /** It counts as working no longer than until now. */
  doubt(now: number): void {
    if (!this.relay) this.trustedUntil = Math.min(this.trustedUntil, now);
  }
}
