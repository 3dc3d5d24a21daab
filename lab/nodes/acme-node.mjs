// @ts-check
// A Heddle node that serves visitors from the internet, with certificates from a CA by ACME.
import { readFileSync } from 'node:fs';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core';
import { fileStore } from '@heddle/core/node';
import { Acme, acmeCertificates, funnel, serve as serving } from '@heddle/funnel';
import { disco } from '@heddle/path-disco';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';

/**
 * @typedef {object} Settings
 * @property {string} url of the control server
 * @property {string} hostname
 * @property {string} state folder
 * @property {'dns-01' | 'tls-alpn-01'} challenge
 * @property {string} directoryUrl
 * @property {string} trust file
 */

/** @type {Settings} */
const { url, hostname, state, challenge, directoryUrl, trust } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const node = createNode({ hostname, state: fileStore(state) }, [
  ts2021({ url, hostname }),
  udp({ port: 41_641, fallback: false }),
  derp({ allowInsecure: true }),
  disco(),
  netstack(),
  acmeCertificates({
    directoryUrl,
    challenge,
    termsOfServiceAgreed: true,
    trust: readFileSync(trust, 'utf8'),
    // The first order may come before the relay knows of this node.
    pauses: { least: 1_000, most: 2_000 },
  }),
  serving({ ports: { 443: { https: (_request, response) => response.end('served') } }, funnel: [443] }),
  funnel(),
]);

let is = '';
node.state$.subscribe((next) => {
  is = next.is;
});

serve({
  state: () => is,
  health: () => node.status().plugins.filter(({ health }) => !health.ok),
  renew: (/** @type {string} */ name) => node.get(Acme).renew(name),
  close: () => node.close(),
});
await node.start();
