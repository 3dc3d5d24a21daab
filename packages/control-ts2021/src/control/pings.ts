import type { Logger } from '@heddle/core';
import type { ControlUrl } from '../dial/control-url.js';
import { faultOf } from '../dial/fault.js';
import type { PingRequest } from '../map/index.js';
import { type PingPlan, planPing } from '../ping/ping-plan.js';
import type { ControlLink } from './link.js';

/** Answers on their way at the same time. */
const MOST_AT_ONCE = 4;
const C2N_WITHIN = 60_000;

export interface PingsParts {
  readonly link: ControlLink;
  readonly url: ControlUrl;
  readonly log: Logger;
}

/** Answers the server's questions whether this node lives. */
export class Pings {
  readonly #parts: PingsParts;
  #underWay = 0;
  #last: string | undefined;

  constructor(parts: PingsParts) {
    this.#parts = parts;
  }

  /** Answers in the background; a URL that was the last one, too, is the same question. */
  answer(request: PingRequest, signal: AbortSignal): void {
    if (request.url === this.#last || this.#underWay >= MOST_AT_ONCE) return;
    this.#last = request.url;
    const { log, url } = this.#parts;
    const plan = planPing(request, url);
    if (plan.answer === 'ignore') return log.warn({ why: plan.why }, 'a ping request of the control server was not answered');
    this.#underWay += 1;
    this.#send(plan, signal)
      .catch((thrown: unknown) => log.debug({ fault: faultOf(thrown).message }, 'the answer to a ping request failed'))
      .finally(() => {
        this.#underWay -= 1;
      });
  }

  async #send(plan: Exclude<PingPlan, { readonly answer: 'ignore' }>, signal: AbortSignal): Promise<void> {
    const { link } = this.#parts;
    if (plan.by === 'outside') {
      await link.outside(plan.answer, plan.to, plan.body, signal);
      return;
    }
    const method = plan.answer === 'head' ? 'HEAD' : 'POST';
    await link.request({ method, path: plan.to, ...(plan.body !== undefined && { body: plan.body }) }, signal, C2N_WITHIN);
  }
}
