import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import type { Clock } from '@heddle/core';
import type { TrustedAuthorities } from '@heddle/core/node';
import { OrderFault } from '../../certificates/order-fault.js';
import { readRetryAfter } from '../../certificates/retry-after.js';

/** An answer in the form that acme-client reads. */
export interface AcmeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly data: unknown;
}

type RawAnswer = Omit<AcmeAnswer, 'data'> & { readonly text: string };

export interface AcmeQuestion {
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: unknown;
}

export interface LineOptions {
  readonly trust: TrustedAuthorities;
  readonly clock: Pick<Clock, 'wall'>;
  /** Ends every request. */
  readonly signal: AbortSignal;
}

const LARGEST_ANSWER = 1024 * 1024;
const SILENT_FOR = 30_000;
const PROBLEM = 'urn:ietf:params:acme:error:';

/** The requests of one order to the CA: over TLS only, bounded in time and size, without redirects and silent repetitions. */
export class AcmeLine {
  readonly #options: LineOptions;
  readonly #agent: Agent = new Agent({ keepAlive: true, maxSockets: 2 });
  #refused = false;
  #wish = 0;
  #problem: string | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** What the CA has asked for with its last refusal, in milliseconds. */
  get retryAfter(): number {
    return this.#refused ? this.#wish : 0;
  }

  /** What the CA has asked for with its last answer, whatever it was (RFC 8555, sections 7.4 and 7.5.1). */
  get wish(): number {
    return this.#wish;
  }

  /** What kind of refusal the last answer was (RFC 8555, section 6.7); undefined: it was none, or of no kind. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** No connection stays open. */
  close(): void {
    this.#agent.destroy();
  }

  async ask(url: string, method: string, { headers = {}, data }: AcmeQuestion = {}): Promise<AcmeAnswer> {
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new OrderFault('the CA names a URL that is not https');
    const body = data === undefined ? undefined : JSON.stringify(data);
    const { text, ...head } = await this.#send(
      url,
      { method: method.toUpperCase(), headers: { 'User-Agent': 'heddle', ...headers } },
      body,
    );
    const answer = { ...head, data: /json/.test(head.headers['content-type'] ?? '') && text !== '' ? jsonOf(text) : text };
    this.#refused = answer.status >= 400;
    this.#wish = readRetryAfter(answer.headers['retry-after'], this.#options.clock.wall());
    this.#problem = this.#refused ? kindOf(answer.data) : undefined;
    return answer;
  }

  #send(url: string, options: RequestOptions, body: string | undefined): Promise<RawAnswer> {
    const { signal, trust } = this.#options;
    const secured = { ...options, signal, timeout: SILENT_FOR, agent: this.#agent, secureContext: trust.context };
    return new Promise((resolve, reject) => {
      const sent = request(url, secured, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > LARGEST_ANSWER) sent.destroy(new OrderFault('the CA answers with more than a megabyte'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => resolve(rawAnswer(response, Buffer.concat(chunks).toString('utf8'))));
      });
      sent.on('timeout', () => sent.destroy(new OrderFault('the CA does not answer')));
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function rawAnswer({ statusCode = 0, headers: all }: IncomingMessage, text: string): RawAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) if (value !== undefined) headers[name] = [value].flat().join(', ');
  return { status: statusCode, headers, text };
}

function kindOf(data: unknown): string | undefined {
  const { type } = (data ?? {}) as { readonly type?: unknown };
  return typeof type === 'string' ? type.replace(PROBLEM, '') : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OrderFault('the CA answers with JSON that is none');
  }
}
