// @ts-check
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { folder } from './folder.mjs';

const [ACME_PORT, ADMIN_PORT, DNS_PORT] = [14_000, 15_000, 5_353];
const DNS = fileURLToPath(new URL('../nodes/public-dns.mjs', import.meta.url));

/**
 * @typedef {import('./namespace.mjs').Namespace} Namespace
 *
 * @typedef {object} Ca
 * @property {string} directoryUrl
 * @property {string} trust file with what signed the certificate of the directory
 * @property {string} root file with what signs the certificates that are issued
 */

/**
 * Starts pebble, the CA of Let's Encrypt for tests, and public DNS beside it: each name leads to `relay`, and TXT records are what nodes have asked
 * the control server for. The CA confirms every order anew, and refuses one nonce in twenty.
 * @param {Namespace} host
 * @param {{ address: string, relay: string, trace: string }} options
 * @returns {Promise<Ca>}
 */
export async function pebble(host, { address, relay, trace }) {
  const dns = await host.start('public-dns', [process.execPath, DNS, address, String(DNS_PORT), relay, trace]);
  await dns.says(host.lab, 'listening');
  const at = await folder(host.lab, 'pebble');
  await ownCertificate(host, at, address);
  await writeFile(`${at}/config.json`, JSON.stringify({ pebble: configOf(at, address) }));
  const argv = ['pebble', '-strict', '-config', `${at}/config.json`, '-dnsserver', `${address}:${DNS_PORT}`];
  const ca = await host.start('pebble', argv, { env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' } });
  await ca.says(host.lab, 'ACME directory available');
  const [trust, root] = [`${at}/ca.crt`, `${at}/root.crt`];
  await host.exec([
    'curl',
    '-sS',
    '--retry',
    '5',
    '--retry-connrefused',
    '--cacert',
    trust,
    '-o',
    root,
    `https://${address}:${ADMIN_PORT}/roots/0`,
  ]);
  return { directoryUrl: `https://${address}:${ACME_PORT}/dir`, trust, root };
}

/**
 * @param {string} at
 * @param {string} address
 */
function configOf(at, address) {
  return {
    listenAddress: `${address}:${ACME_PORT}`,
    managementListenAddress: `${address}:${ADMIN_PORT}`,
    certificate: `${at}/leaf.crt`,
    privateKey: `${at}/leaf.key`,
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
}

/**
 * For the directory itself.
 * @param {Namespace} host
 * @param {string} at
 * @param {string} address
 */
async function ownCertificate(host, at, address) {
  const fresh = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  await writeFile(`${at}/extensions`, `subjectAltName=IP:${address}\n`);
  const script = `openssl req -x509 ${fresh} -keyout ca.key -out ca.crt -subj "/CN=The CA of the CA" -days 30
    openssl req ${fresh} -keyout leaf.key -out leaf.csr -subj "/CN=pebble"
    openssl x509 -req -in leaf.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out leaf.crt`;
  await host.exec(['sh', '-e', '-c', `cd ${at}; ${script}`]);
}
