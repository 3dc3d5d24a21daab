import { expect, test } from 'vitest';
import { serverScripts } from '../../../test/faces/server-scripts.js';
import { nodeSockets, ourSockets, played } from '../../../test/faces/transcript.js';

for (const [says, script] of Object.entries(serverScripts))
  test(`as net.Server: ${says}`, async () => {
    expect(await played(script, ourSockets())).toEqual(await played(script, nodeSockets));
  });
