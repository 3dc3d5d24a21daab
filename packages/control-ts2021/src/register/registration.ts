import type { RegisterAnswer } from './register-answer.js';

/*
 *            registered before
 *   start ─────────────────────────► ask without the auth key ──────────────┐
 *     │ not, or forced                  │ key-expired      │ login or       │
 *     ▼                                 ▼                  │ refused, and   │ registered
 *   ask with the auth key, ◄──── rotate the node key       │ a key is there ▼
 *   if there is one        ◄───────────────────────────────┘              done
 *     │ login                                                               ▲
 *     ▼                                                                     │
 *   follow up the URL, again and again, also with the URL of a new answer ──┘
 *
 * Otherwise refused, unreadable, signature-wanted: failed. An auth key goes out only when the node key alone is not good enough: servers
 * refuse a key that was used or has expired even from a node that they know.
 */

export interface RegistrationFacts {
  readonly hasAuthKey: boolean;
  /** This server has accepted this node key. */
  readonly registeredBefore: boolean;
  /** The map said so, or the user wants a new login: begin with a new key. */
  readonly rotateFirst?: boolean;
}

export type RegistrationStep =
  | { readonly do: 'ask'; readonly withAuthKey: boolean }
  | { readonly do: 'follow-up'; readonly url: string }
  /** Make a new node key, name the one before as the old one, then go on. */
  | { readonly do: 'rotate' }
  | { readonly do: 'finish'; readonly approved: boolean; readonly loginName: string | undefined }
  | { readonly do: 'fail'; readonly text: string };

/** A server that calls every new key expired is not asked for ever. */
const MOST_ROTATIONS = 2;

/** One registration, from the first question to its end. */
export class Registration {
  readonly #hasAuthKey: boolean;
  #authKeyTried: boolean;
  #rotations = 0;
  #step: RegistrationStep;

  constructor(facts: RegistrationFacts) {
    this.#hasAuthKey = facts.hasAuthKey;
    this.#authKeyTried = false;
    this.#step = facts.rotateFirst === true ? this.#rotate() : this.#ask(facts.hasAuthKey && !facts.registeredBefore);
  }

  /** What to do now. The same until it was done. */
  get step(): RegistrationStep {
    return this.#step;
  }

  /** Where somebody has to log in. */
  get loginUrl(): string | undefined {
    return this.#step.do === 'follow-up' ? this.#step.url : undefined;
  }

  /** The new node key is there. */
  rotated(): void {
    this.#step = this.#ask(this.#hasAuthKey);
  }

  /** The server has answered a question or a follow-up. */
  answered(answer: RegisterAnswer): void {
    this.#step = this.#after(answer);
  }

  #after(answer: RegisterAnswer): RegistrationStep {
    switch (answer.is) {
      case 'registered':
        return { do: 'finish', approved: answer.approved, loginName: answer.loginName };
      case 'key-expired':
        return this.#rotations < MOST_ROTATIONS ? this.#rotate() : fail('the server calls every new node key expired');
      case 'login':
        return this.#canOfferKey ? this.#ask(true) : { do: 'follow-up', url: answer.url };
      case 'signature-wanted':
        return fail('the tailnet has network lock on and wants this node’s key signed');
      case 'refused':
        return this.#canOfferKey ? this.#ask(true) : fail(answer.text);
      case 'unreadable':
        return fail(`the answer could not be read: ${answer.text}`);
    }
  }

  get #canOfferKey(): boolean {
    return this.#hasAuthKey && !this.#authKeyTried;
  }

  #ask(withAuthKey: boolean): RegistrationStep {
    this.#authKeyTried ||= withAuthKey;
    return { do: 'ask', withAuthKey };
  }

  #rotate(): RegistrationStep {
    this.#rotations += 1;
    return { do: 'rotate' };
  }
}

function fail(text: string): RegistrationStep {
  return { do: 'fail', text };
}
