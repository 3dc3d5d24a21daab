// @ts-check
// A Heddle node that serves visitors from the internet: HTTPS with a certificate of its own, in front of a web server of its host.
import { readFileSync } from 'node:fs';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core';
import { Funnel, funnel, ownCertificates, serve as serving } from '@heddle/funnel';
import { disco } from '@heddle/path-disco';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';

/**
 * @typedef {object} Settings
 * @property {string} url of the control server
 * @property {string} hostname
 * @property {string} [authKey]
 * @property {string} name for which the certificate is
 * @property {{ certificate: string, key: string }} files
 * @property {number} backend port of the web server
 * @property {import('@heddle/funnel').IngressTrust} [trust]
 */

/** @type {Settings} */
const { url, hostname, authKey, name, files, backend, trust } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const read = (/** @type {string} */ path) => readFileSync(path, 'utf8');
const certificate = { certificate: read(files.certificate), key: read(files.key) };
const door = funnel(trust === undefined ? {} : { trust });
const node = createNode({ hostname }, [
  ts2021({ url, hostname, ...(authKey !== undefined && { authKey }) }),
  udp({ port: 41_641, fallback: false }),
  derp({ allowInsecure: true }),
  disco(),
  netstack(),
  ownCertificates({ [name]: certificate }),
  serving({ ports: { 443: { https: backend } }, funnel: [443] }),
  door,
]);

let state = '';
node.state$.subscribe(({ is }) => {
  state = is;
});

serve({
  state: () => state,
  counts: () => node.get(Funnel).counts,
  remove: () => node.remove(door),
  add: () => node.add(funnel(trust === undefined ? {} : { trust })),
  close: () => node.close(),
});
await node.start();
