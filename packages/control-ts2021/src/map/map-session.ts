import type { Bytes } from '@heddle/core';
import { type JsonObject, readJsonObject } from './json-guard.js';
import { nextStageAt } from './key-expiry.js';
import { MAP_LIMITS, type MapLimits } from './map-limits.js';
import { readNode, readTime } from './map-node.js';
import type { MapOrder, MapOutcome, MapProblem } from './map-outcome.js';
import { LONG_LISTS, MapState, type ReadList, type Touched } from './map-state.js';
import { NoticeBoard } from './notice-board.js';
import { PeerExpiries } from './peer-expiries.js';
import { readSavedMap, savedMap } from './saved-map.js';
import { ServerClock } from './server-clock.js';
import { ShownMap } from './shown-map.js';
import { isAbsent, WireReader } from './wire-reader.js';

/** Fields that say nothing about the map. A frame of only these may come before the first whole one. */
const ASIDE = new Set([
  'KeepAlive',
  'ControlTime',
  'ControlDialPlan',
  'PingRequest',
  'PopBrowserURL',
  'ClientVersion',
  'Debug',
  'MapSessionHandle',
  'Seq',
]);
const NO_IDS: ReadonlySet<string> = new Set();

/**
 * What a control server has said about the tailnet, over all polls of one node. Sans-io: times are wall-clock milliseconds, because
 * expiry is a date. A wall clock jumps, so the caller also ticks when it has slept.
 */
export class MapSession {
  /** One for all frames: code that was compiled for a reader stays good only while there is one. */
  readonly #reader: WireReader;
  readonly #clock = new ServerClock();
  readonly #expiries = new PeerExpiries();
  readonly #notices = new NoticeBoard();
  readonly #shown = new ShownMap();
  #state = new MapState();
  /** The next frame about the map is the first of its poll. */
  #fresh = true;
  #nextStage = Number.POSITIVE_INFINITY;

  constructor(limits: Partial<MapLimits> = {}) {
    this.#reader = new WireReader({ ...MAP_LIMITS, ...limits });
  }

  /** A new poll was opened. The map stays as it is until the first frame of the poll, which then replaces it. */
  begin(): void {
    this.#fresh = true;
    this.#notices.begin();
  }

  /** Takes one frame of the poll. Never throws. */
  apply(frame: Bytes, wall: number): MapOutcome {
    const reader = this.#reader;
    reader.skipped = 0;
    const json = readJsonObject(frame, { names: LONG_LISTS, read: (item) => readNode(reader, item, this.#state.nodes) });
    if ('refused' in json) return refusal({ reason: 'malformed', text: `a map frame cannot be used: ${json.refused}` });
    const aside = isAside(json.value);
    if (this.#fresh && !aside && !this.#begins(json.value)) {
      return refusal({ reason: 'no-self', text: 'the first map frame of a poll does not say who this node is' });
    }
    const skew = this.#noteTime(reader, json.value, wall);
    const orders = [...skew, ...this.#notices.ofFrame(reader, json.value)];
    const touched = aside ? NO_IDS : this.#merge(reader, json.value, wall, json.list);
    return { ...this.#outcome(skew.length > 0 ? 'all' : touched, orders, wall), keepAlive: aside, skipped: reader.skipped };
  }

  /** Does what is due: peers whose key has expired, warnings about our own. Calling it early is harmless. */
  tick(wall: number): MapOutcome {
    const now = this.#clock.at(wall);
    return this.#outcome(now < this.#expiries.next ? NO_IDS : this.#expiries.passed(this.#state.nodes, now), [], wall);
  }

  /** When to tick next, in wall-clock milliseconds; Infinity when nothing is pending. */
  nextDeadline(): number {
    return this.#clock.wallOf(Math.min(this.#expiries.next, this.#nextStage));
  }

  /** The map as a text that `restore` reads; undefined before the first frame, or when it would be longer than `longest` characters. */
  save(longest?: number): string | undefined {
    return savedMap(this.#state, longest);
  }

  /** Begins with the map of an earlier life, until a poll gives a new one. Undefined for a text that is no such map. Only in a new session. */
  restore(text: string, wall: number): MapOutcome | undefined {
    const saved = readSavedMap(text);
    if (saved === undefined || !this.#begins(saved)) return undefined;
    const touched = this.#merge(this.#reader, saved, wall);
    this.begin();
    return this.#outcome(touched, [], wall);
  }

  #begins(frame: JsonObject): boolean {
    return readNode(new WireReader(this.#reader.limits), frame.Node) !== undefined;
  }

  #noteTime(reader: WireReader, frame: JsonObject, wall: number): readonly MapOrder[] {
    const time = readTime(reader, frame.ControlTime);
    if (isAbsent(time) || !this.#clock.note(time, wall)) return [];
    return [{ order: 'clock-skew', milliseconds: this.#clock.skew }];
  }

  #merge(reader: WireReader, frame: JsonObject, wall: number, list?: ReadList): Touched {
    const first = this.#fresh;
    const known = this.#state.nodes;
    if (first) this.#state = new MapState();
    this.#fresh = false;
    const touched = this.#state.merge(reader, frame, { now: wall, list, known });
    return first ? 'all' : touched;
  }

  #outcome(touched: Touched, orders: readonly MapOrder[], wall: number): MapOutcome {
    const now = this.#clock.at(wall);
    const patch = this.#shown.update(this.#state, touched, now);
    this.#expiries.note(this.#state.nodes, touched, now);
    this.#nextStage = this.#state.self === undefined ? Number.POSITIVE_INFINITY : nextStageAt(this.#state.self, now);
    const notices = this.#notices.ofState(this.#state, now);
    return { orders: [...orders, ...notices], keepAlive: false, skipped: 0, ...(patch !== undefined && { patch }) };
  }
}

function isAside(frame: JsonObject): boolean {
  return frame.KeepAlive === true || Object.keys(frame).every((name) => ASIDE.has(name) || isAbsent(frame[name]));
}

function refusal(problem: MapProblem): MapOutcome {
  return { problem, orders: [], keepAlive: false, skipped: 0 };
}
