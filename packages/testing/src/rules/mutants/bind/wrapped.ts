import { type Bind, type BindHooks, type PacketBatch, type PartContext, wrapBind } from '@heddle/core';
import { failingToClose, leaking, losing, reordering } from '../bad-middleware.js';
import { type Exchange, GoodBind } from '../good-bind.js';
import type { BindMutant } from './bind-mutant.js';

/** Good Binds behind middleware that breaks them. */
export const wrappedMutants: readonly BindMutant[] = [
  wrapped('is behind middleware that reorders', 'order', /reordered/, reordering),
  wrapped('is behind middleware that drops uncounted', 'long-run', /lost in a long run/, () => losing(500)),
  wrapped('is behind middleware that drops what it says it sent', 'accepted-prefix', /not counted as dropped/, () => {
    let sent = 0;
    return { send: (to, batch, next) => (++sent % 20 === 0 ? batch.count : next(to, batch)) };
  }),
  wrapped('is behind middleware that keeps lent buffers', 'buffer-reused', /lent and kept/, ({ clock }) => ({
    send(to, batch, next) {
      clock.at(clock.now(), () => void next(to, batch));
      return batch.count;
    },
  })),
  wrapped('is behind middleware that never returns its leases', 'leases-returned', /leases leak/, leaking),
  wrapped('is behind middleware that delivers what it sends to itself', 'not-in-callers-stack', /caller’s stack/, () => {
    let receive: ((batch: PacketBatch) => void) | undefined;
    return {
      receive(batch, next) {
        receive = next;
        next(batch);
      },
      send(to, batch, next) {
        receive?.(batch);
        return next(to, batch);
      },
    };
  }),
  wrapped('is behind middleware that throws when it closes', 'close-resolves', /close rejected/, failingToClose),
  closing('swallows close around another Bind', 'close-completes', /close event/, async () => {}),
  closing('never resolves stop around another Bind', 'close-resolves', /never resolves/, () => new Promise(() => {})),
];

function wrapped(fault: string, rule: string, word: RegExp, hooks: (context: PartContext) => BindHooks): BindMutant {
  return { fault, rule: `bind/${rule}`, word, make: (exchange, name) => wrapBind(new GoodBind(exchange, name), hooks) };
}

/** Hooks that change nothing, and another close. */
function closing(fault: string, rule: string, word: RegExp, close: (bind: Bind) => Promise<void>): BindMutant {
  const make = (exchange: Exchange, name: string): Bind => {
    const bind = wrapBind(new GoodBind(exchange, name), () => ({}));
    return { ...bind, close: () => close(bind) };
  };
  return { fault, rule: `bind/${rule}`, word, make };
}
