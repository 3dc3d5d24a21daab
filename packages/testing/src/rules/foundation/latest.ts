import type { Observable } from 'rxjs';

/** The value that a stream replays to a new subscriber at once; undefined: none. */
export function latest<T>(stream: Observable<T>): T | undefined {
  let value: T | undefined;
  stream.subscribe({ next: (next) => (value = next), error: () => {} }).unsubscribe();
  return value;
}
