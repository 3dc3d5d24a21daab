import type { Bytes, NetmapPatch } from '@heddle/core';

/** Why a map stream cannot go on: the poll is dropped, and opened again with back-off. */
export type MapProblemReason =
  /** zstd or gzip, although none was asked for. */
  | 'compressed'
  /** A frame announces, or has, more bytes than are taken. */
  | 'too-long'
  /** No JSON object, or one that is nested too deeply or has a number that is none. */
  | 'malformed'
  /** A poll must begin with this node itself. */
  | 'no-self';

export interface MapProblem {
  readonly reason: MapProblemReason;
  /** For people: what came and what was expected; never a part of the message itself. */
  readonly text: string;
}

/** Control wants an answer that only a living node can give. */
export interface PingRequest {
  /** http: or https:. Whether the host is control's own is for the caller to check; through Noise only path and query count. */
  readonly url: string;
  readonly overNoise: boolean;
  /** Empty: a plain ping. Otherwise `c2n`, or ways to ping `ip`, as control writes them. */
  readonly types: readonly string[];
  /** A numeric address, for ways to ping. */
  readonly ip?: string;
  /** The HTTP/1 request of a c2n. */
  readonly payload?: Bytes;
}

/** Something that control wants its user to know. */
export interface HealthMessage {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly severity: 'high' | 'medium' | 'low';
  /** It keeps traffic from flowing. */
  readonly impactsConnectivity: boolean;
  /** Where to act on it: an http(s) URL and what to call it. */
  readonly action?: { readonly label: string; readonly url: string };
}

export interface ClientVersion {
  readonly runningLatest: boolean;
  readonly latest?: string;
  readonly urgent: boolean;
  readonly notifyText?: string;
  readonly notifyUrl?: string;
}

/** How far away the expiry of this node's key is. */
export type KeyExpiryStage = 'far' | 'week' | 'day' | 'expired';

/** What a frame asks for, or reports, besides the map. Each is said once, when it comes or changes. */
export type MapOrder =
  | { readonly order: 'ping'; readonly request: PingRequest }
  /** http(s) only. To be shown, never opened unasked. */
  | { readonly order: 'show-url'; readonly url: string }
  /** End the poll and stay away so long; at most five minutes. */
  | { readonly order: 'sleep'; readonly milliseconds: number }
  /** What the server's clock is ahead of ours; 0: less than a minute. */
  | { readonly order: 'clock-skew'; readonly milliseconds: number }
  /** All that is now to be shown. */
  | { readonly order: 'health'; readonly messages: readonly HealthMessage[] }
  | { readonly order: 'client-version'; readonly version: ClientVersion }
  /** `at` is in wall-clock milliseconds of the server; absent: never. */
  | { readonly order: 'key-expiry'; readonly stage: KeyExpiryStage; readonly at?: number }
  /** False: the node waits for the approval of an administrator. */
  | { readonly order: 'approval'; readonly approved: boolean }
  /** True: the tailnet signs its nodes, which this program cannot check. */
  | { readonly order: 'network-lock'; readonly on: boolean };

/** What a frame, or the passing of time, came to. */
export interface MapOutcome {
  /** Set: nothing was taken from the frame, and the poll must be dropped. */
  readonly problem?: MapProblem;
  /** For NetmapStream.patch; absent when the map stays as it is. The first one names every peer, and all of the commons. */
  readonly patch?: NetmapPatch;
  readonly orders: readonly MapOrder[];
  /** The frame said nothing about the map: the server lives, and may have orders. */
  readonly keepAlive: boolean;
  /** Parts of the frame that could not be used and were left out. */
  readonly skipped: number;
}
