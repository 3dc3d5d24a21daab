import { definePlugin, type Plugin, provide, type Token, token } from '@heddle/core';
import { RECORDING_ERRORS } from '../recording/errors.js';
import { atLeast } from '../recording/limit.js';
import { partsOf, RECORDER_NEEDS, type RecorderParts } from '../recording/recorder-parts.js';
import { type Recording, Recordings } from '../recording/recordings.js';
import { type TrafficLogOptions, TrafficRecorder } from './traffic-recorder.js';

const NAME = '@heddle/metrics/traffic-log';

/** Writes down who talked to whom, and what. No flow is wrapped while no log runs. */
export interface TrafficLog {
  /** Logs flows that open from now on. Throws HEDDLE_RECORDING_OPTIONS for options that cannot be. */
  start(options: TrafficLogOptions): Recording;
}

/** `node.get(TrafficLog)`. */
export const TrafficLog: Token<TrafficLog> = token('@heddle/metrics/TrafficLog');

/**
 * JSON lines of flows, with all their bytes: see TrafficLogLine. With `to`, one log runs as long as the plugin is part of the node; without, nothing is
 * logged until `node.get(TrafficLog).start(…)`.
 */
export function trafficLog(options?: TrafficLogOptions): Plugin {
  if (options !== undefined) settings(options);
  return definePlugin({
    name: NAME,
    provides: [
      provide(TrafficLog, RECORDER_NEEDS, (...parts) => new NodeTrafficLog(partsOf(...parts)), {
        start: (service) => void (options && service.start(options)),
        stop: (service) => (service as NodeTrafficLog).close(),
      }),
    ],
    errors: RECORDING_ERRORS,
  });
}

class NodeTrafficLog implements TrafficLog {
  readonly #parts: RecorderParts;
  readonly #recordings = new Recordings();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#recordings.show(parts.counters, NAME, 'lines', 'Lines of traffic logs');
  }

  start(options: TrafficLogOptions): Recording {
    const { observation, node, clock } = this.#parts;
    const recorder = new TrafficRecorder({ ...settings(options), node, clock, name: NAME });
    return this.#recordings.begin(recorder, observation.flows(recorder));
  }

  close(): Promise<void> {
    return this.#recordings.close();
  }
}

const QUEUE = 4 * 1024 * 1024;

function settings({ to, only = () => true, queueBytes = QUEUE }: TrafficLogOptions): Required<TrafficLogOptions> {
  return { to, only, queueBytes: atLeast('queueBytes of a traffic log', queueBytes, 128 * 1024) };
}
