import { readClientVersion, readPingRequest, readSleep } from './frame-orders.js';
import { type HealthTexts, NO_HEALTH, shownHealth } from './health-messages.js';
import type { JsonObject } from './json-guard.js';
import { expiryStage } from './key-expiry.js';
import type { MapNode } from './map-node.js';
import type { KeyExpiryStage, MapOrder } from './map-outcome.js';
import type { MapState } from './map-state.js';
import { sameValue } from './same-value.js';
import type { WireReader } from './wire-reader.js';

/** Says each thing besides the map once: when it comes, or when it changes. */
export class NoticeBoard {
  #pingUrl: string | undefined;
  #shownUrl: string | undefined;
  #health: HealthTexts = NO_HEALTH;
  #expiry: { readonly stage: KeyExpiryStage; readonly at: number | undefined } = { stage: 'far', at: undefined };
  #approved = true;
  #locked = false;

  /** A new poll may ask for a URL again that the last one has shown. */
  begin(): void {
    this.#shownUrl = undefined;
  }

  /** What stands in a frame for once, and has nothing to do with the map. */
  ofFrame(reader: WireReader, frame: JsonObject): readonly MapOrder[] {
    return [...this.#ping(reader, frame), ...this.#url(reader, frame), ...version(reader, frame), ...sleep(reader, frame)];
  }

  /** What the state of the map, and the time, came to. */
  ofState(state: MapState, serverTime: number): readonly MapOrder[] {
    const self = state.self;
    const aboutSelf = self === undefined ? [] : [...this.#keyExpiry(self, serverTime), ...this.#approval(state.approved)];
    return [...aboutSelf, ...this.#lock(state.locked), ...this.#healthOf(state.health)];
  }

  #ping(reader: WireReader, frame: JsonObject): MapOrder[] {
    const request = readPingRequest(reader, frame.PingRequest);
    if (request === undefined || request.url === this.#pingUrl) return [];
    this.#pingUrl = request.url;
    return [{ order: 'ping', request }];
  }

  #url(reader: WireReader, frame: JsonObject): MapOrder[] {
    const url = reader.webUrl(frame.PopBrowserURL);
    if (url === undefined || url === this.#shownUrl) return [];
    this.#shownUrl = url;
    return [{ order: 'show-url', url }];
  }

  #keyExpiry(self: MapNode, serverTime: number): MapOrder[] {
    const now = { stage: expiryStage(self, serverTime), at: self.keyExpiry };
    if (sameValue(now, this.#expiry)) return [];
    this.#expiry = now;
    return [{ order: 'key-expiry', stage: now.stage, ...(now.at !== undefined && { at: now.at }) }];
  }

  #approval(approved: boolean): MapOrder[] {
    if (approved === this.#approved) return [];
    this.#approved = approved;
    return [{ order: 'approval', approved }];
  }

  #lock(locked: boolean): MapOrder[] {
    if (locked === this.#locked) return [];
    this.#locked = locked;
    return [{ order: 'network-lock', on: locked }];
  }

  #healthOf(health: HealthTexts): MapOrder[] {
    const changed = health !== this.#health && !sameValue(health, this.#health);
    this.#health = health;
    return changed ? [{ order: 'health', messages: shownHealth(health) }] : [];
  }
}

function version(reader: WireReader, frame: JsonObject): MapOrder[] {
  const found = readClientVersion(reader, frame.ClientVersion);
  return found === undefined ? [] : [{ order: 'client-version', version: found }];
}

function sleep(reader: WireReader, frame: JsonObject): MapOrder[] {
  const milliseconds = frame.KeepAlive === true ? 0 : readSleep(reader, frame);
  return milliseconds === 0 ? [] : [{ order: 'sleep', milliseconds }];
}
