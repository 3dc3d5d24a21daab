// @ts-check
// One end of `bench udp`, in a process of its own: node udp-end.mjs SETTINGS, where SETTINGS is JSON. Prints what it counted.
import { chooseCrypto } from '@heddle/crypto';
import { udp } from '@heddle/transport-udp';
import { BatchStack } from './batch-stack.mjs';
import { staticNode } from './static-node.mjs';
import { WindowedSender } from './windowed-sender.mjs';

/**
 * @typedef {object} Settings
 * @property {'send' | 'receive'} role
 * @property {number} port of the receiver
 * @property {string | null} provider whose packets are forced; null: what is chosen by itself
 * @property {number} batch
 * @property {number} length
 * @property {number} window packets that may be on their way
 * @property {number} warmUp milliseconds
 * @property {number} measure milliseconds
 */

/** The receiver says after so many packets how many it has. */
const REPORT_EVERY = 64;

/** @type {Settings} */
const settings = JSON.parse(String(process.argv[2]));
const crypto = chooseCrypto(settings.provider === null ? {} : { force: { packets: settings.provider } });
if (settings.role === 'receive') await receive();
else await send();

async function receive() {
  const stack = new BatchStack(1, 64, { from: 2, to: 1 });
  const node = staticNode(crypto, { stack, bind: udp({ port: settings.port, fallback: false }) });
  let reported = 0;
  stack.delivered = () => {
    if (stack.received - reported < REPORT_EVERY && reported > 0) return;
    reported = stack.received;
    stack.emitNumber(reported);
  };
  await node.start();
  process.on('message', (question) => {
    if (question === 'count') process.send?.({ received: stack.received, cpu: cpu(), drops: node.status().drops });
    if (question === 'end') process.exit();
  });
  process.send?.('ready');
}

async function send() {
  const stack = new BatchStack(settings.batch, settings.length, { from: 1, to: 2 });
  const node = staticNode(crypto, { stack, bind: udp(), endpoint: `udp:127.0.0.1:${settings.port}` });
  const sender = new WindowedSender(stack, settings.window);
  await node.start();
  process.on('message', (question) => {
    if (question === 'count')
      process.send?.({ sent: sender.sent, cpu: cpu(), lost: sender.lost, crypto: crypto.chosen.packets, drops: node.status().drops });
    if (question === 'end') process.exit();
  });
  sender.start();
  process.send?.('ready');
}

/** Microseconds of this process. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
