import type { Bytes } from '@heddle/crypto';
import { LineSplitter } from './line-splitter.js';
import type { UapiSet } from './uapi-operation.js';
import { UapiSetBuilder } from './uapi-set-builder.js';
import { ERRNO } from './uapi-values.js';

/** What one connection asks for. Each but `close` wants one answer, in order; after `close` nothing follows. */
export type UapiRequest =
  | { readonly is: 'get' }
  | { readonly is: 'set'; readonly operation: UapiSet }
  | { readonly is: 'failed'; readonly errno: number; readonly line: number }
  | { readonly is: 'close' };

/** Longest line; the longest that means anything is a key of 64 digits with its name. */
const LONGEST_LINE = 1024;

type State = 'idle' | 'get' | 'set' | 'skip' | 'closed';

/**
 * Reads UAPI from a connection, however it is cut into pieces. Never throws.
 *
 *   idle --get=1--> get --empty line--> idle        anything else --> close, without an answer
 *   idle --set=1--> set --empty line--> idle        a bad line --> failed, and the rest of the operation is skipped
 *
 * A line that is too long fails and closes.
 */
export class UapiReader {
  readonly #lines = new LineSplitter(LONGEST_LINE);
  #builder = new UapiSetBuilder();
  #state: State = 'idle';
  /** Lines of the operation so far. */
  #line = 0;
  #requests: UapiRequest[] = [];

  push(bytes: Bytes): readonly UapiRequest[] {
    if (this.#state === 'closed') return [];
    const fits = this.#lines.push(bytes, (text) => this.#take(text));
    if (!fits && !this.#isClosed()) this.#overflow();
    const requests = this.#requests;
    this.#requests = [];
    return requests;
  }

  /** False when the connection is done. */
  #take(text: string): boolean {
    this.#line += 1;
    if (this.#state === 'idle') this.#begin(text);
    else if (text === '') this.#end();
    else if (this.#state === 'get') this.#fail(ERRNO.invalid);
    else if (this.#state === 'set') this.#fail(this.#builder.line(text));
    return !this.#isClosed();
  }

  #begin(text: string): void {
    this.#line = 1;
    this.#builder = new UapiSetBuilder();
    if (text === 'get=1') this.#state = 'get';
    else if (text === 'set=1') this.#state = 'set';
    else this.#close();
  }

  #end(): void {
    if (this.#state === 'get') this.#requests.push({ is: 'get' });
    if (this.#state === 'set') this.#requests.push({ is: 'set', operation: this.#builder.build() });
    this.#state = 'idle';
  }

  #fail(errno: number): void {
    if (errno === 0) return;
    this.#requests.push({ is: 'failed', errno, line: this.#line });
    this.#state = 'skip';
  }

  /** Whoever is being skipped has had its answer. */
  #overflow(): void {
    if (this.#state === 'get' || this.#state === 'set') this.#fail(ERRNO.invalid);
    this.#close();
  }

  #close(): void {
    this.#requests.push({ is: 'close' });
    this.#state = 'closed';
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
