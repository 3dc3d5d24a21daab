import { MOST_PEERS } from './device.js';
import type { DeviceState } from './device-state.js';
import type { PeerSection, PeerStep, UapiSet } from './uapi-operation.js';

/** Edits the state as the operation says, section by section and line by line. Commit is the caller's. */
export function applyUapiSet(state: DeviceState, operation: UapiSet): void {
  state.change(operation.device);
  if (operation.replacePeers) state.peers.clear();
  for (const section of operation.peers) if (!state.isOwn(section.id)) applySection(state, section);
}

/** True when there is room for the peers that the operation may add. */
export function fits({ peers }: DeviceState, operation: UapiSet): boolean {
  if (operation.replacePeers) return operation.peers.length <= MOST_PEERS;
  const unknown = operation.peers.reduce((count, { id }) => count + (peers.get(id) === undefined ? 1 : 0), 0);
  return peers.size + unknown <= MOST_PEERS;
}

function applySection({ peers }: DeviceState, { id, nodeKey, steps }: PeerSection): void {
  const isNew = peers.get(id) === undefined;
  if (isNew) peers.add(id, nodeKey);
  for (const step of steps) {
    if (step.is === 'remove' || (step.is === 'update-only' && isNew)) {
      peers.remove(id);
      return;
    }
    applyStep(peers, id, step);
  }
}

function applyStep(peers: DeviceState['peers'], id: string, step: PeerStep): void {
  if (step.is === 'change') peers.change(id, step.settings);
  else if (step.is === 'allow') peers.addPrefix(id, step.prefix);
  else if (step.is === 'disallow') peers.removePrefix(id, step.prefix);
  else if (step.is === 'replace-allowed-ips') peers.clearPrefixes(id);
}
