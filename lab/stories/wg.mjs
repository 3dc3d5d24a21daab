// @ts-check
// heddle-wg under the hands of `wg`, `wg-quick` and strangers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { command } from '../lib/command.mjs';
import { namespace } from '../lib/namespace.mjs';
import { until } from '../lib/wait.mjs';
import { newKeyPair } from '../lib/wg.mjs';
import { HEDDLE_WG } from '../lib/wireguard-go.mjs';
import { program } from '../peers.mjs';

/**
 * @typedef {import('../lib/lab.mjs').Lab} Lab
 * @typedef {import('../lib/namespace.mjs').Namespace} Namespace
 */

const SOCKETS = '/var/run/wireguard';
const base64 = (/** @type {string} */ hex) => Buffer.from(hex, 'hex').toString('base64');

/**
 * An interface that the program makes in a namespace of its own; it goes with the row.
 * @param {Lab} lab
 * @param {string} role
 * @param {string} path of the program
 */
async function interfaceOf(lab, role, path) {
  const host = await namespace(lab, role);
  const name = lab.unique('wg');
  await host.exec([path, name]);
  lab.defer(() => command(['ip', '-n', host.name, 'link', 'del', name], { accept: [0, 1] }));
  return { host, name };
}

/**
 * What a program's interface answers to a row of commands; its name is written as IF, and peers in the order of their keys.
 * @param {{ host: Namespace, name: string }} of
 * @param {readonly string[][]} commands
 */
async function transcript({ host, name }, commands) {
  /** @type {string[]} */
  const said = [];
  for (const words of commands) {
    const argv = words.map((word) => word.replace('IF', name));
    const out = await host.exec(argv).catch((error) => `refused: ${error.message.slice(argv.join(' ').length)}`);
    said.push(`$ ${words.join(' ')}`, ...sortedPeers(uncounted(out.replaceAll(name, 'IF'))));
  }
  return said;
}

/**
 * Ours keeps the session, and with it the counters, of a peer that setconf brings back as it was.
 * @param {string} text
 */
function uncounted(text) {
  return text.replace(/^ {2}transfer: .*\n?/gm, '').replace(/^((?:[^\t\n]+\t){5})\d+\t\d+(?=\t)/gm, '$1rx\ttx');
}

/** @param {string} text in paragraphs, or a line a peer */
function sortedPeers(text) {
  const paragraphs = text.trimEnd().split(/\n\n+/);
  return paragraphs.length > 1 ? [paragraphs[0] ?? '', ...paragraphs.slice(1).sort()] : text.trimEnd().split('\n').sort();
}

/** @param {Lab} lab */
export async function commandsGiveTheSame(lab) {
  const [own, ann, bob] = [newKeyPair(), newKeyPair(), newKeyPair()];
  const file = async (/** @type {string} */ name, /** @type {string} */ text) => {
    await writeFile(lab.path(name), `${text}\n`);
    return lab.path(name);
  };
  const [key, psk] = [await file('key', base64(own.private)), await file('psk', base64(ann.private))];
  const annSection = `[Peer]\nPublicKey = ${base64(ann.public)}\nAllowedIPs = 10.1.0.0/16, fd01::/64\nEndpoint = 127.0.0.1:40001\n`;
  const bobSection = `[Peer]\nPublicKey = ${base64(bob.public)}\nAllowedIPs = 10.2.0.0/16\nPersistentKeepalive = 25\n`;
  const device = `[Interface]\nPrivateKey = ${base64(own.private)}\nListenPort = 40100\n`;
  const [one, two, both] = [
    await file('one.conf', device + annSection),
    await file('two.conf', bobSection),
    await file('both.conf', `${device}${annSection}${bobSection}`),
  ];
  const looks = [
    ['wg', 'show', 'IF'],
    ['wg', 'showconf', 'IF'],
    ['wg', 'show', 'IF', 'dump'],
  ];
  const set = (/** @type {string[]} */ ...words) => ['wg', 'set', 'IF', ...words];
  // On this kernel wireguard-go takes an interface that is down for one that is up; so nothing is compared before it is.
  const commands = [
    ['ip', 'link', 'set', 'IF', 'up'],
    set('private-key', key, 'listen-port', '40000', 'fwmark', '0x42'),
    ...looks,
    set(
      'peer',
      base64(ann.public),
      'preshared-key',
      psk,
      'endpoint',
      '127.0.0.1:40001',
      'persistent-keepalive',
      '25',
      'allowed-ips',
      '10.0.0.0/24,fd00::/64',
    ),
    set('peer', base64(bob.public), 'endpoint', '[::1]:40002', 'allowed-ips', '10.0.0.7/32'),
    ...looks,
    set('peer', base64(bob.public), 'allowed-ips', '10.0.0.0/24'),
    ...['peers', 'preshared-keys', 'endpoints', 'allowed-ips', 'latest-handshakes', 'persistent-keepalive', 'listen-port', 'fwmark'].map(
      (what) => ['wg', 'show', 'IF', what],
    ),
    set('peer', base64(own.public), 'allowed-ips', '10.9.0.0/24'),
    set('peer', base64(ann.public), 'preshared-key', '/dev/null', 'persistent-keepalive', 'off'),
    set('fwmark', '0'),
    ...looks,
    ['wg', 'setconf', 'IF', one],
    ...looks,
    ['wg', 'addconf', 'IF', two],
    ...looks,
    ['wg', 'syncconf', 'IF', one],
    ...looks,
    ['wg', 'setconf', 'IF', both],
    set('peer', base64(ann.public), 'remove'),
    ...looks,
    set('private-key', '/dev/null'),
    ...looks,
  ];
  const ours = await transcript(await interfaceOf(lab, 'ours', HEDDLE_WG), commands);
  const theirs = await transcript(await interfaceOf(lab, 'theirs', await program('wireguard')), commands);
  assert.deepEqual(ours, theirs);
  lab.note(`${commands.length} commands`);
}

/** @param {Lab} lab */
export async function quick(lab) {
  const [own, peer] = [newKeyPair(), newKeyPair()];
  const seen = [];
  for (const [role, path] of /** @type {const} */ ([
    ['ours', HEDDLE_WG],
    ['theirs', await program('wireguard')],
  ])) {
    const host = await namespace(lab, role);
    const name = lab.unique('wg');
    const file = lab.path(`${name}.conf`);
    const lines = [
      '[Interface]',
      `PrivateKey = ${base64(own.private)}`,
      'Address = 10.66.0.1/24, fd66::1/64',
      'ListenPort = 40000',
      'MTU = 1380',
      '[Peer]',
      `PublicKey = ${base64(peer.public)}`,
      'AllowedIPs = 10.66.0.0/24, fd66::/64, 192.0.2.0/24, 0.0.0.0/0',
      'Endpoint = 127.0.0.1:40001',
    ];
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const env = { ...process.env, WG_QUICK_USERSPACE_IMPLEMENTATION: path };
    await host.exec(['wg-quick', 'up', file], { env });
    lab.defer(() => command(['ip', '-n', host.name, 'link', 'del', name], { accept: [0, 1] }));
    const looks = [['addr', 'show', 'dev', name], ['route', 'show', 'table', 'all'], ['-6', 'route', 'show', 'dev', name], ['rule']];
    const up = [];
    for (const look of looks) up.push(anonymous(await host.ip(...look), name));
    up.push(anonymous(await host.exec(['wg', 'showconf', name]), name));
    await host.exec(['wg-quick', 'down', file], { env });
    await until(lab, 'the socket is gone', async () => !(await readdir(SOCKETS)).includes(`${name}.sock`));
    seen.push([...up, await host.ip('rule'), await host.ip('route', 'show', 'table', 'all')]);
  }
  assert.deepEqual(seen[0], seen[1]);
}

/**
 * @param {string} text
 * @param {string} name
 */
function anonymous(text, name) {
  const lines = text
    .replaceAll(name, 'IF')
    .replace(/^\d+: /gm, '')
    .replace(/fe80::[0-9a-f:]+/g, 'fe80::')
    .split('\n');
  return lines.filter((line) => !/\b(dev lo|fe80::|ff00::|multicast)\b/.test(line)).map((line) => line.replace(/ qlen \d+/, '').trimEnd());
}

/** @param {Lab} lab */
export async function closeStubborn(lab) {
  const host = await namespace(lab, 'a');
  const name = lab.unique('wg');
  const socketIsGone = async () => !(await readdir(SOCKETS)).includes(`${name}.sock`);
  const times = [];
  for (let n = 0; n < 3; n++) {
    const daemon = await host.start(`wg-${n}`, [HEDDLE_WG, '-f', name]);
    await until(lab, 'the socket is there', async () => !(await socketIsGone()));
    await host.ip('link', 'set', name, 'up');
    const begin = performance.now();
    if (n === 2) await daemon.stop();
    else await host.ip('link', 'del', name);
    await until(lab, 'the socket is gone', socketIsGone);
    times.push(Math.round(performance.now() - begin));
  }
  assert.ok(Math.min(...times) < 1_000, `the name was free after ${times.join(', ')} ms`);
  assert.ok(!(await host.ip('link')).includes(name), 'the interface is gone');
  lab.note(`gone after ${times.join(', ')} ms`);
}

/** @param {Lab} lab */
export async function hostileTexts(lab) {
  const { name } = await interfaceOf(lab, 'a', HEDDLE_WG);
  const path = `${SOCKETS}/${name}.sock`;
  const { private: key } = newKeyPair();
  const get = () => ask(path, 'get=1\n\n');
  const before = await get();
  const bad = [
    'listen_port=99999',
    'fwmark=x',
    'unknown=1',
    'no equals sign',
    'replace_peers=false',
    'public_key=00',
    `public_key=${'0'.repeat(63)}g`,
  ];
  for (const line of bad) {
    assert.match(await ask(path, `set=1\nprivate_key=${key}\n${line}\n\n`), /^errno=-\d+\n\n$/, line);
    assert.equal(await get(), before, `"${line}" changed something`);
  }
  assert.equal(await ask(path, 'give=1\n\n'), '', 'an unknown operation ends the connection');
  const flood = 'x'.repeat(1 << 20);
  assert.match(await ask(path, `set=1\nprivate_key=${flood.repeat(16)}`), /^(errno=-\d+\n\n)?$/, 'a line without end is refused');
  const [one, two] = await Promise.all([slowly(path, `set=1\nprivate_key=${key}\nlisten_port=40000\n\n`), slowly(path, 'get=1\n\n')]);
  assert.equal(one, 'errno=0\n\n');
  assert.ok(two === before || two.startsWith(`private_key=${key}\n`), 'a whole answer');
  assert.ok((await get()).startsWith(`private_key=${key}\nlisten_port=40000\n`));
}

/**
 * What the program answers until it has said errno, or hangs up.
 * @param {string} path
 * @param {string} text
 * @param {(socket: import('node:net').Socket) => unknown} [send]
 */
async function ask(path, text, send = (socket) => socket.write(text)) {
  let answer = '';
  const socket = connect(path);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('data', (data) => {
    answer += data;
    if (answer.endsWith('\n\n')) socket.destroy();
  });
  void send(socket);
  await once(socket, 'close');
  return answer;
}

/**
 * One byte a write, so that two clients are always in the middle of each other's text.
 * @param {string} path
 * @param {string} text
 */
function slowly(path, text) {
  return ask(path, text, async (socket) => {
    for (const letter of text) await new Promise((resolve) => socket.write(letter, resolve));
  });
}
