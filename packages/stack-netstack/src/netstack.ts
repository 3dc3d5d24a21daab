import { definePlugin, type Plugin, provideStack } from '@heddle/core';
import { NETSTACK_DROPS } from './drop-reasons.js';
import { NETSTACK_ERRORS } from './errors.js';
import { NetstackStack } from './netstack-stack.js';
import type { NetstackOptions } from './options.js';

/** A TCP/IP stack of its own in this process: connections, ports and pings without root and without the kernel. */
export function netstack(options: NetstackOptions = {}): Plugin {
  return definePlugin({
    name: '@heddle/stack-netstack',
    offers: ['stack.tcp', 'stack.udp', 'stack.ping', 'stack.intercept'],
    drops: NETSTACK_DROPS,
    errors: NETSTACK_ERRORS,
    provides: [provideStack([], () => new NetstackStack(options))],
  });
}
