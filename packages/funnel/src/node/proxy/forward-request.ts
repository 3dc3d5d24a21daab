import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { ProxyTarget } from '../../config/plan.js';
import { belowMount } from '../../web/find-mount.js';
import { headerRecord } from '../../web/headers.js';
import { upstreamPath } from '../../web/upstream-path.js';
import type { Asked } from '../in-process.js';
import { answer, notFound } from '../plain-answers.js';
import { hasBody, wasCutOff } from '../request-facts.js';
import type { Exchange } from '../web-server.js';
import { dialLimit } from './dial-limit.js';
import type { ProxyGround } from './proxy-ground.js';
import { relayHint, relayResponse, trailersFor } from './relay-response.js';
import { framed, upstreamHeaders } from './upstream-request.js';

/** What a visitor reads when the target cannot be reached; not where it is. */
export const TARGET_AWAY = 'the target of this service cannot be reached';

/** Passes a request on and its answer back, both as they come. */
export function forwardRequest(exchange: Exchange, target: ProxyTarget, asked: Asked, ground: ProxyGround): void {
  const rest = belowMount(asked.target.rawPath, asked.mount);
  if (rest === undefined) return notFound(exchange.response);
  new Passage(exchange, target, { ...asked, path: upstreamPath(target, rest, asked.target.query) }, ground).go();
}

/** One request on its way to a target. */
class Passage {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #target: ProxyTarget;
  readonly #asked: Asked & { readonly path: string };
  readonly #ground: ProxyGround;

  constructor({ request, response }: Exchange, target: ProxyTarget, asked: Asked & { readonly path: string }, ground: ProxyGround) {
    this.#request = request;
    this.#response = response;
    this.#target = target;
    this.#asked = asked;
    this.#ground = ground;
  }

  go(again = false): void {
    const request = this.#request;
    const pairs = framed(request, upstreamHeaders(request, this.#target, this.#asked));
    const options = {
      method: request.method ?? 'GET',
      path: this.#asked.path,
      headers: headerRecord(pairs),
      ...(again && { agent: false as const }),
    };
    const back = this.#ground.backends.request(this.#target, options);
    dialLimit(back, this.#ground.limits.dial);
    back.on('information', (hint) => relayHint(hint, this.#response));
    back.on('response', (answered) => this.#answered(back, answered));
    back.on('upgrade', (_, socket) => {
      socket.destroy();
      this.#failed(back, new Error('the target changed the protocol unasked'), true);
    });
    back.on('error', (error) => this.#failed(back, error, again));
    this.#response.once('close', () => void (this.#response.writableFinished || back.destroy()));
    this.#sendBody(back);
  }

  #sendBody(back: ClientRequest): void {
    if (!hasBody(this.#request)) return void back.end();
    this.#request.pipe(back, { end: false });
    this.#followVisitor(back);
    this.#request.once('end', () => {
      if (wasCutOff(this.#request, this.#response)) return void back.destroy();
      const trailers = trailersFor(this.#request);
      if (trailers !== undefined && back.getHeader('transfer-encoding') !== undefined) back.addTrailers(trailers);
      back.end();
    });
  }

  /** Node tells the request nothing more of its connection once it has been answered, although its body may still be on the way. */
  #followVisitor(back: ClientRequest): void {
    const { socket } = this.#request;
    const gone = (): void => void (wasCutOff(this.#request, this.#response) && back.destroy());
    socket.once('close', gone);
    back.once('close', () => socket.off('close', gone));
  }

  /** An answer that cannot be passed on, such as one with the status 000, is as good as none. */
  #answered(back: ClientRequest, answered: IncomingMessage): void {
    try {
      relayResponse(answered, this.#response);
    } catch (error) {
      back.destroy();
      this.#failed(back, error as Error, true);
    }
  }

  /** A kept connection may have been closed by the target just when it was taken: a request without a body is then sent once more, over a new one. */
  #failed(back: ClientRequest, error: Error, again: boolean): void {
    if (this.#response.headersSent || this.#response.destroyed) return void this.#response.destroy();
    if (back.reusedSocket && !again && !hasBody(this.#request) && isSafe(this.#request.method)) return this.go(true);
    this.#ground.logger.warn({ target: this.#target.text, error: String(error) }, 'the target of a served path cannot be reached');
    answer(this.#response, 502, TARGET_AWAY);
  }
}

function isSafe(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
