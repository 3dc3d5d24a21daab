import type { ControlState } from '../contracts/control.js';
import type { Netmap } from '../contracts/netmap.js';

/** How far the node object itself has come. */
export type NodeLife = 'made' | 'starting' | 'running' | 'stopping' | 'closed';

/** What a user wants to know of a node, in the words of Tailscale. Derived from its life, its control and its netmap, never kept. */
export type NodeState =
  | { readonly is: 'NoState'; readonly reason: string }
  /** `url`: where to log in, once control has said so. */
  | { readonly is: 'NeedsLogin'; readonly reason: string; readonly url: string | undefined }
  | { readonly is: 'NeedsMachineAuth'; readonly reason: string }
  | { readonly is: 'Starting'; readonly reason: string }
  /** `reason`: what is not as it should be, such as a control that does not answer; it runs on what it knows. */
  | { readonly is: 'Running'; readonly reason: string | undefined }
  | { readonly is: 'Stopped'; readonly reason: string };

/** The state that follows from what is the case. */
export function deriveState(life: NodeLife, control: ControlState | undefined, map: Netmap | undefined): NodeState {
  if (life === 'made') return { is: 'NoState', reason: 'the node was not started' };
  if (life === 'stopping' || life === 'closed')
    return { is: 'Stopped', reason: life === 'closed' ? 'the node is closed' : 'the node is being closed' };
  if (control?.is === 'needs-login') return { is: 'NeedsLogin', reason: 'control wants somebody to log in', url: control.url };
  if (control?.is === 'needs-approval') return { is: 'NeedsMachineAuth', reason: 'an administrator has to approve this node' };
  if (map?.self?.node?.expired) return { is: 'NeedsLogin', reason: 'the key of this node has expired', url: undefined };
  if (life === 'starting') return { is: 'Starting', reason: 'parts are being started' };
  return running(control, map);
}

function running(control: ControlState | undefined, map: Netmap | undefined): NodeState {
  const offline = control?.is === 'offline' ? `control is offline: ${control.reason}` : undefined;
  if (control !== undefined && map === undefined) return { is: 'Starting', reason: offline ?? 'control has not sent a netmap yet' };
  return { is: 'Running', reason: offline };
}

/** True when there is nothing new to tell. */
export function sameState(a: NodeState, b: NodeState | undefined): boolean {
  return a.is === b?.is && a.reason === b.reason && (a.is !== 'NeedsLogin' || b.is !== 'NeedsLogin' || a.url === b.url);
}
