import { definePlugin, optional, type Plugin, provideStack, Tokens } from '@heddle/core';
import { netstackCounters } from './counters.js';
import { NETSTACK_DROPS } from './drop-reasons.js';
import { NETSTACK_ERRORS } from './errors.js';
import { NetstackStack } from './netstack-stack.js';
import type { NetstackOptions } from './options.js';

const NAME = '@heddle/stack-netstack';

/** A TCP/IP stack of its own in this process: connections, ports and pings without root and without the kernel. */
export function netstack(options: NetstackOptions = {}): Plugin {
  return definePlugin({
    name: NAME,
    offers: ['stack.tcp', 'stack.udp', 'stack.ping', 'stack.intercept'],
    drops: NETSTACK_DROPS,
    errors: NETSTACK_ERRORS,
    provides: [
      provideStack([optional(Tokens.Counters)], (counters) => {
        const stack = new NetstackStack(options);
        for (const family of netstackCounters(stack)) counters?.show(NAME, family);
        return stack;
      }),
    ],
  });
}
