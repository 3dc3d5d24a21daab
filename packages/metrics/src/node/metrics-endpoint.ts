import { type Clock, definePlugin, HeddleError, type Plugin, provide, type Token, Tokens, token } from '@heddle/core';
import { Metrics } from '../metrics.js';
import { bare, isLoopback } from './asked-host.js';
import { MetricsServer } from './metrics-server.js';

export interface MetricsEndpointOptions {
  /** 0: a free one. Default 0. */
  readonly port?: number;
  /** Default 127.0.0.1. An address that others reach needs `anybodyMayRead`. */
  readonly host?: string;
  /** Says that whoever reaches `host` may read the numbers: there is no password. */
  readonly anybodyMayRead?: boolean;
  /** Names in Host headers that are answered, beside loopback's and the address itself. */
  readonly names?: readonly string[];
}

/** Where the numbers can be fetched. */
export interface MetricsEndpoint {
  readonly port: number;
  /** `http://127.0.0.1:9100/metrics` */
  readonly url: string;
}

/** `node.get(MetricsEndpoint)`, once the node runs. */
export const MetricsEndpoint: Token<MetricsEndpoint> = token('@heddle/metrics/MetricsEndpoint');

/** Answers GET /metrics on a port of this machine. Needs metrics(). Throws HEDDLE_METRICS_OPTIONS for options that cannot be. */
export function metricsEndpoint(options: MetricsEndpointOptions = {}): Plugin {
  const settings = readOptions(options);
  return definePlugin({
    name: '@heddle/metrics/endpoint',
    provides: [
      provide(MetricsEndpoint, [Metrics, Tokens.Clock], (numbers, clock) => new HttpEndpoint(settings, clock, () => numbers.text()), {
        start: (service, signal) => (service as HttpEndpoint).start(signal),
        stop: (service) => (service as HttpEndpoint).stop(),
      }),
    ],
  });
}

interface Settings {
  readonly host: string;
  readonly port: number;
  readonly names: ReadonlySet<string>;
}

class HttpEndpoint implements MetricsEndpoint {
  readonly #host: string;
  readonly #server: MetricsServer;
  #port: number;

  constructor(settings: Settings, clock: Clock, text: () => string) {
    this.#host = settings.host;
    this.#port = settings.port;
    this.#server = new MetricsServer({ ...settings, text, after: (wait, run) => clock.at(clock.now() + wait, run) });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${this.#port}/metrics`;
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#port = await this.#server.listen(signal);
  }

  stop(): Promise<void> {
    return this.#server.close();
  }
}

function readOptions({ port = 0, host = '127.0.0.1', anybodyMayRead = false, names = [] }: MetricsEndpointOptions): Settings {
  const address = bare(host);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw refused(`port is ${port}; give 0 to 65535`);
  if (!isLoopback(address) && !anybodyMayRead)
    throw refused(`at ${host} others can read the numbers of this node; if that is meant, write anybodyMayRead: true`);
  return { host: address, port, names: new Set([address, ...names.map(bare)]) };
}

function refused(what: string): HeddleError {
  return new HeddleError('HEDDLE_METRICS_OPTIONS', `metricsEndpoint: ${what}`);
}
