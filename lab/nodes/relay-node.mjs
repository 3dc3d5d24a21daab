// @ts-check
// A Heddle node that has nothing but relays: static control or a tailnet, DERP, and netstack.
import { once } from 'node:events';
import { StaticControl, staticControl } from '@heddle/control-static';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core/node';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';
import { serve } from './control-channel.mjs';
import { bodyServer, get, put } from './web.mjs';

/**
 * @typedef {object} Settings
 * @property {string} hostname
 * @property {{ url: string, authKey: string }} [tailnet]
 * @property {import('@heddle/control-static').StaticConfig} [config] of static control
 * @property {import('@heddle/core').RelayRegion[]} [regions] by hand
 * @property {boolean} [allowInsecure] default: true
 * @property {string} [proxy]
 */

/** @type {Settings} */
const { hostname, tailnet, config, regions, allowInsecure = true, proxy } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const relays = regions && { regions: new Map(regions.map((region) => [region.id, region])) };
const node = createNode({ hostname }, [
  tailnet === undefined ? staticControl(config ?? '') : ts2021({ ...tailnet, hostname }),
  derp({ allowInsecure, ...(relays && { relays }), ...(proxy !== undefined && { proxy }) }),
  netstack(),
]);

/** What the transport says of itself. @type {unknown} */
let health;
node.health$.subscribe((change) => {
  if (change.plugin === '@heddle/transport-derp') health = change;
});

serve({
  ping: ({ address, timeout }) => node.ping(address, { signal: AbortSignal.timeout(timeout) }),
  listen,
  get: (params) => get({ agent: node.httpAgent() }, params),
  put: (params) => put({ agent: node.httpAgent() }, params),
  status: () => node.status(),
  health: () => health,
  home: () => node.get(StaticControl).published.homeRelay,
  close: () => node.close(),
});
await node.start();

/** @param {{ port: number, bytes: number }} params */
async function listen({ port, bytes }) {
  const { server, body } = bodyServer(bytes);
  await once(node.listen({ port }, server), 'listening');
  return body;
}
