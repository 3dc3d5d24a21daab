import { expect, test } from 'vitest';
import { socketScripts } from '../../../test/faces/socket-scripts.js';
import { nodeSockets, ourSockets, played } from '../../../test/faces/transcript.js';

for (const [says, script] of Object.entries(socketScripts))
  test(`as net.Socket: ${says}`, async () => {
    expect(await played(script, ourSockets())).toEqual(await played(script, nodeSockets));
  });
