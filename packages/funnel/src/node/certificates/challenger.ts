import type { TextRecord } from '@heddle/core';
import type { Certificate } from '../../certificate-source.js';

/** What the CA wants to see. */
export interface Challenge {
  /** Of the node. */
  readonly name: string;
  readonly token: string;
  /** What proves the account: for dns-01 the value of the record, for the others the text as it is. */
  readonly proof: string;
  /** For tls-alpn-01. */
  certificate(): Promise<Certificate>;
}

/** Shows the CA what it wants to see, in one of the ways of RFC 8555 and RFC 8737. */
export interface Challenger {
  readonly type: 'dns-01' | 'http-01' | 'tls-alpn-01';
  /** Resolves when the CA may look, with what takes it away again. */
  show(challenge: Challenge, signal: AbortSignal): Promise<() => Promise<void> | void>;
}

/** Records in public DNS, for dns-01. */
export interface DnsHook {
  /** Resolves when the record can be seen from outside: the CA asks at once. */
  set(record: TextRecord, options: { readonly signal: AbortSignal }): Promise<void> | void;
  /** Takes it out again; what it throws is only logged. */
  remove?(record: TextRecord): Promise<void> | void;
}

export function dnsChallenger(hook: DnsHook): Challenger {
  return {
    type: 'dns-01',
    async show({ name, proof }, signal) {
      const record = { name: `_acme-challenge.${name}`, value: proof };
      await hook.set(record, { signal });
      return () => hook.remove?.(record);
    },
  };
}

/** Answers that are open now, by what the CA asks for. */
export class OpenAnswers<T> {
  readonly #answers = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#answers.get(key);
  }

  /** Returns what takes it away again. */
  open(key: string, answer: T): () => void {
    this.#answers.set(key, answer);
    return () => void this.#answers.delete(key);
  }
}

export function httpChallenger(answers: OpenAnswers<string>): Challenger {
  return { type: 'http-01', show: async ({ token, proof }) => answers.open(token, proof) };
}

export function alpnChallenger(answers: OpenAnswers<Certificate>): Challenger {
  return {
    type: 'tls-alpn-01',
    show: async (challenge) => answers.open(challenge.name, await challenge.certificate()),
  };
}
