import { HeddleError, type HeddleNode } from '@heddle/core';
import type { Counter, Gauge, Registry } from 'prom-client';
import type { MetricFamily } from '../family.js';
import { Metrics } from '../metrics.js';

type PromClient = typeof import('prom-client');

export interface PromRegistryOptions {
  /** Where the numbers are added. Default: a registry of its own. */
  readonly registry?: Registry;
  /** How prom-client is loaded. Default: `import('prom-client')`. */
  readonly load?: () => Promise<PromClient>;
}

/**
 * A registry of prom-client that reads the node anew at each scrape. Needs metrics() and the package prom-client.
 * A family that a plugin shows only later is in it from the second scrape on.
 */
export async function promRegistry(node: HeddleNode, options: PromRegistryOptions = {}): Promise<Registry> {
  const client = await loaded(options.load ?? (() => import('prom-client')));
  const registry = options.registry ?? new client.Registry();
  new Mirror(node.get(Metrics), client, registry).begin();
  return registry;
}

/** Families of the node as metrics of prom-client, which asks each of them for its values. */
class Mirror {
  readonly #metrics: Metrics;
  readonly #client: PromClient;
  readonly #registry: Registry;
  /** One look serves a whole scrape: prom-client asks the families in the order in which they were shown. */
  #families = new Map<string, MetricFamily>();
  #asked = new Set<string>();

  constructor(metrics: Metrics, client: PromClient, registry: Registry) {
    this.#metrics = metrics;
    this.#client = client;
    this.#registry = registry;
  }

  /** Makes a metric of each family; the first scrape looks again. */
  begin(): void {
    this.#look();
    this.#asked = new Set(this.#families.keys());
  }

  /** Takes one look, and makes a metric of each family that is new. */
  #look(): void {
    this.#families = new Map(this.#metrics.snapshot().families.map((family) => [family.name, family]));
    this.#asked.clear();
    for (const family of this.#families.values()) if (this.#registry.getSingleMetric(family.name) === undefined) this.#make(family);
  }

  #make({ name, help, labels, type }: MetricFamily): void {
    const mirror = this;
    const shared = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'counter')
      new this.#client.Counter({
        ...shared,
        collect() {
          mirror.#fill(this, name);
        },
      });
    else
      new this.#client.Gauge({
        ...shared,
        collect() {
          mirror.#fill(this, name);
        },
      });
  }

  /** A family that is asked a second time means that a new scrape has begun. */
  #fill(metric: Counter<string> | Gauge<string>, name: string): void {
    if (this.#asked.has(name)) this.#look();
    this.#asked.add(name);
    const family = this.#families.get(name);
    metric.reset();
    // Reset leaves a 0 where there are no labels; what is absent must not look like 0.
    if (family === undefined || family.labels.length === 0) metric.remove();
    for (const { labels, value } of family?.samples ?? []) if (isTaken(family!.type, value)) metric.inc(labels, value);
  }
}

/** prom-client throws over others, and with it goes the whole scrape. */
function isTaken(type: MetricFamily['type'], value: number): boolean {
  return Number.isFinite(value) && (type === 'gauge' || value >= 0);
}

async function loaded(load: () => Promise<PromClient>): Promise<PromClient> {
  try {
    const module = (await load()) as PromClient & { readonly default?: PromClient };
    return module.default ?? module;
  } catch (cause) {
    const message = 'promRegistry needs prom-client, which is not installed: npm install prom-client, or use metricsEndpoint()';
    throw new HeddleError('HEDDLE_METRICS_NO_PROM_CLIENT', message, { cause });
  }
}
