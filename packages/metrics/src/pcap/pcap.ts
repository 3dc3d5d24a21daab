import { definePlugin, HeddleError, type Plugin, provide, type Token, token } from '@heddle/core';
import { RECORDING_ERRORS } from '../recording/errors.js';
import { atLeast } from '../recording/limit.js';
import { partsOf, RECORDER_NEEDS, type RecorderParts } from '../recording/recorder-parts.js';
import { type Recording, Recordings } from '../recording/recordings.js';
import { OwnEnds } from './own-ends.js';
import { type CaptureOptions, PacketRecorder } from './packet-recorder.js';

const NAME = '@heddle/metrics/pcap';

/** Records packets of the node as pcapng, which Wireshark, tshark and tcpdump read. Nothing is looked at while no capture runs. */
export interface Pcap {
  /** Throws HEDDLE_RECORDING_OPTIONS for options that cannot be. */
  start(options: CaptureOptions): Recording;
}

/** `node.get(Pcap)`. */
export const Pcap: Token<Pcap> = token('@heddle/metrics/Pcap');

/** Captures that are started and stopped while the node runs. Clear packets are the tailnet's secrets: mind where they are written. */
export function pcap(): Plugin {
  return definePlugin({
    name: NAME,
    provides: [
      provide(Pcap, RECORDER_NEEDS, (...parts) => new NodePcap(partsOf(...parts)), {
        stop: (service) => (service as NodePcap).close(),
      }),
    ],
    errors: RECORDING_ERRORS,
  });
}

class NodePcap implements Pcap {
  readonly #parts: RecorderParts;
  readonly #recordings = new Recordings();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#recordings.show(parts.counters, NAME, 'packets', 'Packets of captures');
  }

  start(options: CaptureOptions): Recording {
    const { observation, node, clock } = this.#parts;
    const recorder = new PacketRecorder({ ...settings(options), clock, ends: new OwnEnds(node, clock), name: NAME });
    return this.#recordings.begin(recorder, observation.packets(recorder));
  }

  close(): Promise<void> {
    return this.#recordings.close();
  }
}

const ALL = 262_144;
const QUEUE = 4 * 1024 * 1024;

function settings(options: CaptureOptions): Required<CaptureOptions> {
  const { to, clear = true, outer = true, snapLength = ALL, queueBytes = QUEUE } = options;
  if (!clear && !outer)
    throw new HeddleError('HEDDLE_RECORDING_OPTIONS', 'a capture of neither clear nor outer packets would be empty; ask for one of them');
  atLeast('snapLength of a capture', snapLength, 1);
  atLeast('queueBytes of a capture', queueBytes, 4096);
  return { to, clear, outer, snapLength: Math.min(snapLength, ALL), queueBytes };
}
