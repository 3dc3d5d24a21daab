import type { Counters } from '@heddle/core';

/** What was recorded so far. */
export interface RecordingCounts {
  /** Packets or lines that the sink has taken or is about to. */
  readonly written: number;
  /** Those that are missing, because the sink was too slow or failed. */
  readonly dropped: number;
}

/** A capture or a log that runs. */
export interface Recording {
  readonly counts: RecordingCounts;
  /** Nothing is looked at from now on. Resolves when the sink has everything; may be called twice. */
  stop(): Promise<void>;
}

/** What does the recording. */
export interface Recorder {
  readonly counts: RecordingCounts;
  end(): Promise<void>;
}

/** The recordings of one plugin: those that run, and what was counted by all there were. */
export class Recordings {
  readonly #running = new Map<Recorder, Recording>();
  #past: RecordingCounts = { written: 0, dropped: 0 };

  /** `undo` ends what the recorder sees. */
  begin(recorder: Recorder, undo: () => void): Recording {
    let over: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      over ??= this.#end(recorder, undo);
      return over;
    };
    const recording: Recording = {
      get counts(): RecordingCounts {
        return recorder.counts;
      },
      stop,
    };
    this.#running.set(recorder, recording);
    return recording;
  }

  /** Shows both counts as counters of the plugin; `what` names them and `says` what they count. */
  show(counters: Counters, plugin: string, what: string, says: string): void {
    const read = (key: keyof RecordingCounts) => () => this.#counts()[key];
    counters.show(plugin, { name: `${what}_written`, type: 'counter', says: `${says} that were written.`, read: read('written') });
    counters.show(plugin, { name: `${what}_dropped`, type: 'counter', says: `${says} that had to be left out.`, read: read('dropped') });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((recording) => recording.stop()));
  }

  async #end(recorder: Recorder, undo: () => void): Promise<void> {
    undo();
    await recorder.end();
    this.#past = added(this.#past, recorder.counts);
    this.#running.delete(recorder);
  }

  #counts(): RecordingCounts {
    return [...this.#running.keys()].reduce((sum, { counts }) => added(sum, counts), this.#past);
  }
}

function added(a: RecordingCounts, b: RecordingCounts): RecordingCounts {
  return { written: a.written + b.written, dropped: a.dropped + b.dropped };
}
