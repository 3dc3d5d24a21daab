import type { Logger } from '@heddle/core';
import { DEFAULT_MARK, DEFAULT_STATE_FOLDER } from '../options.js';
import { runCommand } from './command.js';
import { HostChanges } from './host-changes.js';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Takes back what killed nodes have left in this machine, as each start of `tun()` does: for a `--cleanup` of programs. */
export async function cleanUpTun(options: { readonly stateFolder?: string } = {}): Promise<void> {
  const folder = options.stateFolder ?? DEFAULT_STATE_FOLDER;
  await new HostChanges({ folder, mark: DEFAULT_MARK, run: runCommand, log: silent }).recover();
}
