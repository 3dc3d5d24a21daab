// @ts-check
// A node whose certificates come from a CA, an ingress relay, and visitors who trust that CA alone.
import { folder } from '../lib/folder.mjs';
import { nodeProcess } from '../lib/node-process.mjs';
import { pebble } from '../lib/pebble.mjs';
import { CENTRE, site } from '../lib/site.mjs';
import { until } from '../lib/wait.mjs';
import { allowFunnel, curl, NAME, openssl, PUBLIC, startRelay } from './funnel-ingress.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 * @typedef {Awaited<ReturnType<typeof certifiedSite>>} CertifiedSite
 */

/**
 * A tailnet, its ingress relay, a CA that the visitors at home trust, and a served node that gets its certificate from there in the given way.
 * @param {Lab} lab
 * @param {'dns-01' | 'tls-alpn-01'} challenge
 */
export async function certifiedSite(lab, challenge) {
  const { centre, hosts, control } = await site(lab, ['web', 'relay', 'home'], { relay: true });
  const ca = await pebble(centre, { address: CENTRE, relay: PUBLIC, trace: control.tracePath });
  await startRelay(hosts.relay, control);
  const state = await folder(lab, 'web-state');
  const settings = { url: control.url, hostname: 'web', state, challenge, directoryUrl: ca.directoryUrl, trust: ca.trust };
  const start = async (name = 'node') =>
    (await nodeProcess(hosts.web, 'acme-node.mjs', { name, env: { HEDDLE_LAB: JSON.stringify(settings) } })).channel;
  const node = await start();
  await allowFunnel(control);
  return { hosts, control, node, start, files: { ca: ca.root, certificate: '', key: '' } };
}

/**
 * Waits until a visitor is served with a certificate that he trusts.
 * @param {Namespace} home
 * @param {Parameters<typeof curl>[1]} files
 */
export function served(home, files) {
  const ask = () => curl(home, files, `https://${NAME}/`).catch(() => undefined);
  return until(home.lab, 'a visitor is served with a certificate of the CA', ask, { every: 200, deadline: 25_000 });
}

/**
 * What openssl says of the chain that a visitor sees, and the serial number of its first certificate.
 * @param {Namespace} home
 * @param {string} root
 */
export async function chain(home, root) {
  const shown = await openssl(home, '-servername', NAME, '-showcerts', '-verify_return_error', '-CAfile', root, '-verify_hostname', NAME);
  const serial = await home.exec([
    'sh',
    '-c',
    `openssl s_client -connect ${PUBLIC}:443 -servername ${NAME} < /dev/null 2>/dev/null | openssl x509 -noout -serial`,
  ]);
  return { shown, certificates: shown.split('-----BEGIN CERTIFICATE-----').length - 1, serial: serial.trim() };
}
