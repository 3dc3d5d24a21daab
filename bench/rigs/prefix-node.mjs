// @ts-check
import { StaticControl, staticControl } from '@heddle/control-static';
import { createNode } from '@heddle/core';

const KEY = 'ab'.repeat(32);

/** A running node with one peer that has all prefixes, changed by UAPI text. Without a Stack, whose routes are its own affair. */
export class PrefixNode {
  /** @param {readonly string[]} prefixes */
  constructor(prefixes) {
    const peers = [{ publicKey: KEY, allowedIps: prefixes }];
    this.node = createNode({ hostname: 'bench' }, [staticControl({ privateKey: '11'.repeat(32), addresses: [], peers })]);
  }

  async start() {
    await this.node.start();
    this.control = this.node.get(StaticControl);
  }

  /** @param {string} line `+` or `-` and a prefix */
  change(line) {
    const errno = this.control?.applyUapi(`set=1\npublic_key=${KEY}\nupdate_only=true\nallowed_ip=${line}\n\n`);
    if (errno !== 0) throw new Error(`UAPI says ${errno}`);
  }

  close() {
    return this.node.close();
  }
}
