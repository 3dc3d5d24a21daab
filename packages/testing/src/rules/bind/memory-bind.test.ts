import { describe, test } from 'vitest';
import { nodeHost } from '../../adapters/node-host.js';
import { runRules } from '../../adapters/run-rules.js';
import { memoryBind } from '../../parts/memory-bind.js';
import { MemoryNetwork } from '../../parts/memory-network.js';
import { bindRules } from './rules.js';

describe('the memory Bind passes', () => {
  runRules(test, bindRules, {
    host: nodeHost(process),
    queueLimit: 8_192,
    make() {
      const network = new MemoryNetwork();
      const at = (name: string) => memoryBind({ network, name });
      return { a: at('a'), b: at('b'), c: at('c') };
    },
  });
});
