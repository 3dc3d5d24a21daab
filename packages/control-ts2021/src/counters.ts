import type { CounterFamily } from '@heddle/core';

/** What an open control counts. */
export interface Ts2021Counts {
  /** Streams of maps that were asked for. */
  polls: number;
  frames: number;
  /** Frames that changed the map. */
  patches: number;
  /** Frames that said nothing about the map. */
  keepAlives: number;
  /** When the last frame came, on the clock of the node; undefined: none has. */
  heardAt: number | undefined;
}

/** The same, with what its connection counts, just now. */
export interface Ts2021Numbers extends Readonly<Ts2021Counts> {
  readonly connections: number;
  readonly now: number;
}

/** All of them zero. */
export function newCounts(): Ts2021Counts {
  return { polls: 0, frames: 0, patches: 0, keepAlives: 0, heardAt: undefined };
}

interface Counted {
  readonly numbers: Ts2021Numbers | undefined;
}

/** What has come from the control server, and over how many connections. */
export function ts2021Counters(control: Counted): readonly CounterFamily[] {
  const of = (name: keyof Ts2021Numbers) => (): number => control.numbers?.[name] ?? 0;
  const says = 'Seconds since the control server last said something; absent before its first word.';
  return [
    { name: 'connections', type: 'counter', says: 'Connections that were made to the control server.', read: of('connections') },
    { name: 'polls', type: 'counter', says: 'Streams of maps that were asked for: 1, and 1 for each time anew.', read: of('polls') },
    { name: 'map_frames', type: 'counter', says: 'Frames of the stream of maps.', read: of('frames') },
    { name: 'map_patches', type: 'counter', says: 'Frames that changed the map.', read: of('patches') },
    { name: 'keep_alives', type: 'counter', says: 'Frames that said nothing about the map.', read: of('keepAlives') },
    { name: 'silent_seconds', type: 'gauge', says, read: () => silence(control.numbers) },
  ];
}

function silence(numbers: Ts2021Numbers | undefined): ReturnType<CounterFamily['read']> {
  return numbers?.heardAt === undefined ? [] : (numbers.now - numbers.heardAt) / 1_000;
}
