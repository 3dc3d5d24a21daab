// @ts-check
import { nodeProcess } from './node-process.mjs';
import { until } from './wait.mjs';

/**
 * Starts a node of ours that has nothing but relays; lab/nodes/relay-node.mjs composes it.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {Record<string, unknown>} settings those of the script, without the name
 */
export async function relayNode(host, settings) {
  const env = { HEDDLE_LAB: JSON.stringify({ hostname: host.role, ...settings }) };
  return new RelayNode(host, await nodeProcess(host, 'relay-node.mjs', { name: 'relayed', env }));
}

/** Such a node, in a process of its own. */
export class RelayNode {
  /** @type {Awaited<ReturnType<typeof nodeProcess>>} */
  #running;

  /**
   * @param {import('./namespace.mjs').Namespace} host
   * @param {Awaited<ReturnType<typeof nodeProcess>>} running
   */
  constructor(host, running) {
    this.host = host;
    this.#running = running;
  }

  /**
   * What its script answers.
   * @param {string} method
   * @param {unknown} [params]
   * @param {{ deadline?: number }} [options]
   */
  request(method, params, options) {
    return this.#running.channel.request(method, params, options);
  }

  /**
   * Milliseconds of the first ping that came back.
   * @param {string} address
   * @param {number} [deadline] in milliseconds
   */
  async reaches(address, deadline = 10_000) {
    const begun = performance.now();
    const what = `${this.host.role} reaches ${address}`;
    const once = () =>
      this.request('ping', { address, timeout: 250 }).then(
        () => true,
        () => false,
      );
    await until(this.host.lab, what, once, { deadline });
    return performance.now() - begun;
  }

  /** Says goodbye and ends. */
  async close() {
    await this.request('close');
    await this.#running.process.stop();
  }

  /** @returns {Promise<{ ok: boolean, code?: string, text?: string } | null>} */
  health() {
    return this.request('health');
  }
}
