import { expect, test } from 'vitest';
import { datagramScripts } from '../../../test/faces/datagram-scripts.js';
import { nodeSockets, ourSockets, played } from '../../../test/faces/transcript.js';

for (const [says, script] of Object.entries(datagramScripts))
  test(`as dgram.Socket: ${says}`, async () => {
    expect(await played(script, ourSockets())).toEqual(await played(script, nodeSockets));
  });
