import type { DnsConfig } from '@heddle/core';
import type { OpenTun, TunLink } from '@heddle/native-linux';
import type { RunCommand } from './host/command.js';

export const DEFAULT_STATE_FOLDER = '/run/heddle/tun';
/** The bypass mark of Tailscale, so that its rules let our sockets pass as well. */
export const DEFAULT_MARK = 0x80000;

/** What the interface is, and what of the machine it may change. */
export interface TunStackOptions {
  /** Name of the interface; `%d` in it becomes a free number. Default `heddle%d`. */
  readonly name?: string;
  /** An open descriptor of a TUN interface, instead of a new one. */
  readonly fd?: number;
  /** Instead of what control says. */
  readonly mtu?: number;
  /** Instead of what the peers offer. */
  readonly routes?: readonly string[];
  /** Instead of what control says; `false`: the name servers of the machine stay. */
  readonly dns?: DnsConfig | false;
  /** `false`: nothing but the interface is made, and somebody else sets addresses, routes, MTU and DNS. Default true. */
  readonly configure?: boolean;
  /** Virtio-net headers and TCP segmentation by us. Default true. */
  readonly offload?: boolean;
  /** Where the record of changes to the machine lies. Default `/run/heddle/tun`. */
  readonly stateFolder?: string;
  /** Mark of the node's own sockets, which keeps them out of the tunnel. Default 0x80000, the bypass mark of Tailscale. */
  readonly mark?: number;
  /** The interface was renamed, moved, set up or down, or has another MTU. */
  readonly onLink?: (link: TunLink) => void;
  /** Somebody deleted the interface; the stack is dead. */
  readonly onDeleted?: () => void;
  /** Where interfaces come from. Default: `openTun` of @heddle/native-linux. */
  readonly open?: OpenTun;
  /** How programs such as ip(8) are run. */
  readonly run?: RunCommand;
}
