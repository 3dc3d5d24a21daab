import type { ControlState } from '@heddle/core';
import type { Observable } from 'rxjs';

/** Resolves when control has this node in the tailnet: before that, nobody finds it. Rejects when the signal aborts. */
export function online(control$: Observable<ControlState>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const end = new AbortController();
    const following = control$.subscribe(({ is }) => {
      if (is === 'online') end.abort();
    });
    const finish = (): void => {
      following.unsubscribe();
      signal.removeEventListener('abort', finish);
      if (end.signal.aborted) resolve();
      else reject(signal.reason);
    };
    if (end.signal.aborted) return finish();
    end.signal.addEventListener('abort', finish, { once: true });
    signal.addEventListener('abort', finish, { once: true });
  });
}
