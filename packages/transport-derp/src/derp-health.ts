import type { Clock, Health } from '@heddle/core';
import { quoted, type RelayFault } from './fault.js';

/**
 * What health says: the most urgent of three.
 *
 *   no relay   there is none to be used          until there is
 *   fault      the home relay is not connected   until it is
 *   notice     the home relay itself complains   until it takes it back, or is left
 */
export class DerpHealth {
  readonly say: (health: Health) => void;
  readonly #clock: Clock;
  readonly #notices = new Map<number, string>();
  #hasRelays = true;
  #home: number | undefined;
  #fault: { readonly region: number; readonly fault: RelayFault } | undefined;
  #shown = '';

  constructor(clock: Clock, say: (health: Health) => void) {
    this.#clock = clock;
    this.say = say;
  }

  relays(some: boolean): void {
    this.#hasRelays = some;
    this.#show();
  }

  home(region: number): void {
    this.#home = region;
    this.#fault = undefined;
    this.#show();
  }

  ready(region: number): void {
    if (this.#fault?.region === region) this.#fault = undefined;
    this.#show();
  }

  /** A connection that breaks once is nothing to show: the next one is under way. */
  failed(region: number, fault: RelayFault, down: boolean): void {
    this.#notices.delete(region);
    if (down) this.#fault = { region, fault };
    this.#show();
  }

  notice(region: number, text: string): void {
    if (text === '') this.#notices.delete(region);
    else this.#notices.set(region, quoted(text));
    this.#show();
  }

  forget(region: number): void {
    this.#notices.delete(region);
    if (this.#fault?.region === region) this.#fault = undefined;
    if (this.#home === region) this.#home = undefined;
    this.#show();
  }

  #show(): void {
    const now = this.#mostUrgent();
    const text = JSON.stringify(now);
    if (text === this.#shown) return;
    this.#shown = text;
    this.say({ ...now, since: this.#clock.now() });
  }

  #mostUrgent(): Omit<Health, 'since'> {
    if (!this.#hasRelays) return { ok: false, code: 'HEDDLE_DERP_NO_RELAY', text: 'there is no relay: only direct paths work' };
    if (this.#fault !== undefined) {
      const { region, fault } = this.#fault;
      return { ok: false, code: fault.code, text: `no relay of region ${region}: ${quoted(fault.message)}` };
    }
    const notice = this.#home === undefined ? undefined : this.#notices.get(this.#home);
    return notice === undefined ? { ok: true } : { ok: false, code: 'HEDDLE_DERP_NOTICE', text: `the relay says: ${notice}` };
  }
}
