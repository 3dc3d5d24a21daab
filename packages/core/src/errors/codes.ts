/** One row of the error table: when it is thrown or shown, and what to do. */
export interface ErrorEntry {
  readonly says: string;
  readonly cure: string;
}

/** The codes of core. */
export type ErrorCode =
  | 'HEDDLE_COMPOSITION'
  | 'HEDDLE_START_FAILED'
  | 'HEDDLE_START_DEADLINE'
  | 'HEDDLE_STOP_DEADLINE'
  | 'HEDDLE_STOP_FAILED'
  | 'HEDDLE_PLUGIN_FAULT'
  | 'HEDDLE_SECOND_SUBSCRIBER'
  | 'HEDDLE_NOT_RUNNING'
  | 'HEDDLE_ALREADY_STARTED'
  | 'HEDDLE_NOT_PROVIDED'
  | 'HEDDLE_NO_SUCH_PLUGIN'
  | 'HEDDLE_NO_SUCH_PEER'
  | 'HEDDLE_BAD_PREFERENCE'
  | 'HEDDLE_UNSUPPORTED'
  | 'HEDDLE_BAD_ADDRESS'
  | 'HEDDLE_FLOW_ENDED'
  | 'HEDDLE_STATE_DAMAGED'
  | 'HEDDLE_STATE_BUSY'
  | 'HEDDLE_STATE_VERSION'
  | 'HEDDLE_STATE_IO'
  | 'HEDDLE_BAD_COUNTER'
  | 'HEDDLE_KEY';

/** Every code of core. docs/errors.md is generated from this table; plugins register their own in definePlugin. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = {
  HEDDLE_COMPOSITION: {
    says: 'The plugins do not make a node. The message lists everything that is wrong; `problems` holds the same as values.',
    cure: 'Follow the cure that stands beside each problem.',
  },
  HEDDLE_START_FAILED: {
    says: 'A plugin failed while starting. The message names it; `cause` is its error. What had started was stopped again.',
    cure: 'Look at the cause. The node may be started again.',
  },
  HEDDLE_START_DEADLINE: {
    says: 'A plugin did not start within its deadline.',
    cure: 'Look at what it waits for; raise `deadline` of the plugin or `startDeadline` of the limits if it is only slow.',
  },
  HEDDLE_STOP_DEADLINE: {
    says: 'A plugin did not stop within its deadline and was left behind.',
    cure: 'Report it to the author of the plugin; its handles may stay open.',
  },
  HEDDLE_STOP_FAILED: {
    says: 'A plugin threw while stopping. The others were stopped nevertheless.',
    cure: 'Report it to the author of the plugin.',
  },
  HEDDLE_PLUGIN_FAULT: {
    says: 'A plugin threw where its contract forbids it (send, deliver, a stream). It was caught and counted.',
    cure: 'Report it to the author of the plugin; the conformance rules in @heddle/testing find such faults.',
  },
  HEDDLE_SECOND_SUBSCRIBER: {
    says: 'A packet stream has one consumer, core, and was subscribed a second time.',
    cure: 'Use middleware (wrapBind, wrapStack) to look at packets.',
  },
  HEDDLE_NOT_RUNNING: {
    says: 'The call needs a running node.',
    cure: 'Await node.start() first; after close() make a new node.',
  },
  HEDDLE_ALREADY_STARTED: {
    says: 'start() was called on a node that is running or closed.',
    cure: 'Call start() once; make a new node after close().',
  },
  HEDDLE_NOT_PROVIDED: {
    says: 'node.get(token) asked for a service that no plugin provides.',
    cure: 'Add the plugin that provides it.',
  },
  HEDDLE_NO_SUCH_PLUGIN: {
    says: 'node.remove or node.replace named a plugin that is not part of the node.',
    cure: 'Pass the plugin value, or the name, that the node was given.',
  },
  HEDDLE_NO_SUCH_PEER: {
    says: 'A name is not the name of a peer in the netmap.',
    cure: 'Look at node.status().peers for the names; wait until control$ says online.',
  },
  HEDDLE_BAD_PREFERENCE: {
    says: 'A preference does not exist, or cannot have this value.',
    cure: 'See the message for the names; routes are prefixes without host bits, such as 192.168.5.0/24.',
  },
  HEDDLE_UNSUPPORTED: {
    says: 'A part of the node does not offer what was asked for.',
    cure: 'Use a part that offers it; the message names one where there is one.',
  },
  HEDDLE_BAD_ADDRESS: {
    says: 'A text is not an IP address, prefix or remote.',
    cure: 'Write it as 10.0.0.1, 10.0.0.0/24, fd00::1, or scheme:rest for a remote.',
  },
  HEDDLE_FLOW_ENDED: {
    says: 'A connection was broken off while its Web Streams were in use. The message says how.',
    cure: 'Connect again; whether the other side got the last bytes is not known.',
  },
  HEDDLE_STATE_DAMAGED: {
    says: 'The state file could not be read as state. It was moved aside and no new identity was made.',
    cure: 'Restore the file from a backup, or start with an empty state on purpose.',
  },
  HEDDLE_STATE_BUSY: {
    says: 'Another process owns the state.',
    cure: 'Stop the other process, or use another state directory.',
  },
  HEDDLE_STATE_VERSION: {
    says: 'The state was written by a newer version.',
    cure: 'Use that version, or another state directory.',
  },
  HEDDLE_STATE_IO: {
    says: 'The state could not be read or written.',
    cure: 'Look at the cause: permissions, a full disk, a read-only directory.',
  },
  HEDDLE_BAD_COUNTER: {
    says: 'A plugin shows a counter, or a label of it, under a name that no exporter could write.',
    cure: 'Use small letters, digits and `_`, beginning with a letter, at most 64.',
  },
  HEDDLE_KEY: {
    says: 'A key has the wrong length or form.',
    cure: 'Use 32 bytes, base64, hex or the prefixed form.',
  },
};
