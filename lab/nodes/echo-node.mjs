// @ts-check
// The smallest script for node-process: the lab proves its own control channel with it.
import { networkInterfaces } from 'node:os';
import { serve } from './control-channel.mjs';

const tell = serve({
  echo: (params) => params,
  interfaces: () => Object.keys(networkInterfaces()),
  tell: ({ event, data }) => tell(event, data),
  fail: () => {
    throw Object.assign(new Error('as asked'), { code: 'HEDDLE_ASKED' });
  },
  exit: () => process.exit(7),
});
