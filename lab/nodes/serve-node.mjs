// @ts-check
// A Heddle node that serves: a web server, a folder, text and a TCP server of its host, and a function of its own.
import { readFileSync } from 'node:fs';
import { ts2021 } from '@heddle/control-ts2021';
import { createNode } from '@heddle/core';
import { ownCertificates, Serve, serve as serving } from '@heddle/funnel';
import { disco } from '@heddle/path-disco';
import { netstack } from '@heddle/stack-netstack';
import { derp } from '@heddle/transport-derp';
import { udp } from '@heddle/transport-udp';
import { serve } from './control-channel.mjs';

/**
 * @typedef {object} Settings
 * @property {string} url of the control server
 * @property {string} hostname
 * @property {string} authKey
 * @property {string} name for which the certificate is
 * @property {{ certificate: string, key: string }} files
 * @property {string} folder that is served
 * @property {{ web: number, tcp: number }} backend
 */

/** @type {Settings} */
const { url, hostname, authKey, name, files, folder, backend } = JSON.parse(process.env.HEDDLE_LAB ?? '{}');
const read = (/** @type {string} */ path) => readFileSync(path, 'utf8');
/** @type {import('@heddle/funnel').MountsTo} */
const mounts = {
  '/': backend.web,
  '/files': { files: folder },
  '/text': { text: 'served' },
  '/away': 9,
  '/function': (_request, response, visitor) => void response.end(visitor.whois?.user?.loginName),
};
const node = createNode({ hostname }, [
  ts2021({ url, hostname, authKey }),
  udp({ port: 41_641, fallback: false }),
  derp({ allowInsecure: true }),
  disco(),
  netstack(),
  ownCertificates({ [name]: { certificate: read(files.certificate), key: read(files.key) } }),
  serving({
    ports: { 80: { http: mounts }, 443: { https: mounts }, 5432: { tcp: backend.tcp }, 5433: { tcp: backend.tcp, proxyProtocol: 1 } },
    limits: { head: 1_000, handshake: 1_000, connectionsPerAddress: 20 },
  }),
]);

let state = '';
/** @type {readonly string[]} */
let addresses = [];
node.state$.subscribe(({ is }) => {
  state = is;
});
node.netmap$.subscribe(({ map }) => {
  addresses = map.self?.addresses ?? [];
});

serve({
  state: () => state,
  address: () => addresses[0]?.split('/')[0],
  config: () => node.get(Serve).config(),
  setConfig: (config) => node.get(Serve).setConfig(config),
  close: () => node.close(),
});
await node.start();
