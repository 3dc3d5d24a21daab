import { definePlugin, type Plugin, type Provision, provide, provideStack, Tokens } from '@heddle/core';
import { linuxUdpSockets, NATIVE_LINUX_ERRORS } from '@heddle/native-linux';
import { TUN_DROPS } from './drop-reasons.js';
import { TUN_ERRORS } from './errors.js';
import { otherInterfaces } from './host/other-interfaces.js';
import { DEFAULT_MARK, type TunStackOptions } from './options.js';
import { TunStack } from './tun-stack.js';

/**
 * A TUN interface of the kernel as the Stack: every program of the machine is in the tailnet. Linux, with CAP_NET_ADMIN. Where it configures
 * the machine it also gives the node UDP sockets that stay out of the tunnel.
 */
export function tun(options: TunStackOptions = {}): Plugin {
  const { configure = true, mark = DEFAULT_MARK } = options;
  return definePlugin({
    name: '@heddle/stack-tun',
    offers: ['stack.tcp', 'stack.udp', 'stack.ping'],
    drops: TUN_DROPS,
    errors: { ...NATIVE_LINUX_ERRORS, ...TUN_ERRORS },
    provides: [provideStack([], () => new TunStack(options)), ...(configure ? surroundings(mark) : [])],
  });
}

/** The machine as `udp()` is to see it: sockets that stay out of the tunnel, and addresses that do not lie in it. */
function surroundings(mark: number): readonly Provision[] {
  return [
    provide(Tokens.UdpSockets, [], () => linuxUdpSockets({ mark })),
    provide(Tokens.Interfaces, [Tokens.Stack], (stack) =>
      otherInterfaces(() => (stack instanceof TunStack ? stack.link?.name : undefined)),
    ),
  ];
}
