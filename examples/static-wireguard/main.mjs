// Two plain WireGuard nodes in one process, each from a wg-quick file. Any other WireGuard could stand on either side.
import { readFile } from 'node:fs/promises';
import { staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';
import { memoryStack } from '@heddle/testing';
import { udp } from '@heddle/transport-udp';

/** @param {string} file */
async function nodeFrom(file) {
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  return createNode({ hostname: file }, [staticControl(text), udp(), memoryStack()]);
}

const [a, b] = await Promise.all([nodeFrom('a.conf'), nodeFrom('b.conf')]);
await Promise.all([a.start(), b.start()]);

for (const address of ['10.66.0.2', 'fd66::2']) {
  const milliseconds = await a.ping(address, { signal: AbortSignal.timeout(10_000) });
  console.log(`${address} answered in ${milliseconds.toFixed(1)} ms`);
}
const [peer] = a.status().peers;
console.log(`path ${peer.path} (${peer.pathReason}), ${peer.txBytes} bytes out, ${peer.rxBytes} in`);

await Promise.all([a.close(), b.close()]);
