import { definePlugin, type Plugin, provideStack } from '@heddle/core';
import { NATIVE_LINUX_ERRORS } from '@heddle/native-linux';
import { TUN_DROPS } from './drop-reasons.js';
import { TUN_ERRORS } from './errors.js';
import type { TunStackOptions } from './options.js';
import { TunStack } from './tun-stack.js';

/** A TUN interface of the kernel as the Stack: every program of the machine is in the tailnet. Linux, with CAP_NET_ADMIN. */
export function tun(options: TunStackOptions = {}): Plugin {
  return definePlugin({
    name: '@heddle/stack-tun',
    drops: TUN_DROPS,
    errors: { ...NATIVE_LINUX_ERRORS, ...TUN_ERRORS },
    provides: [provideStack([], () => new TunStack(options))],
  });
}
