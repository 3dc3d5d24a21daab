import { HeddleError } from '@heddle/core';

/** Where a host can be made to fail. */
export type FaultPoint = 'udp.open' | 'udp.send' | 'stream.connect' | 'stream.listen' | 'lookup';

/** Failures that were ordered, by place: each is used up once per call. */
export class FaultPlan {
  readonly #planned = new Map<FaultPoint, { code: string; times: number }>();

  /** The next calls fail with this code (`ENOBUFS`, `EPERM`, `EMFILE`, …); 0 times: no more. */
  plan(point: FaultPoint, code: string, times: number): void {
    if (times > 0) this.#planned.set(point, { code, times });
    else this.#planned.delete(point);
  }

  /** The code with which this call fails. */
  take(point: FaultPoint): string | undefined {
    const planned = this.#planned.get(point);
    if (planned === undefined) return undefined;
    planned.times -= 1;
    if (planned.times <= 0) this.#planned.delete(point);
    return planned.code;
  }

  throwIfPlanned(point: FaultPoint): void {
    const code = this.take(point);
    if (code !== undefined) throw socketError(code, `${point} was told to fail`);
  }
}

/** An error with a code as Node spells it. */
export function socketError(code: string, text: string): HeddleError {
  return new HeddleError(code, `${code}: ${text}`);
}
