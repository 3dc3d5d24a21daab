import type { Bytes } from '@heddle/core';
import { parseAddress } from '@heddle/wire';
import type { JsonObject } from './json-guard.js';
import type { ClientVersion, PingRequest } from './map-outcome.js';
import type { WireReader } from './wire-reader.js';

/** However long control would like it. */
const LONGEST_SLEEP = 300;
/** Characters of base64. */
const LONGEST_PAYLOAD = 1 << 16;

export function readPingRequest(reader: WireReader, raw: unknown): PingRequest | undefined {
  const request = reader.object(raw);
  const url = reader.webUrl(request?.URL);
  if (request === undefined || url === undefined) return undefined;
  const ip = reader.text(request.IP) ?? '';
  const payload = readPayload(reader, request.Payload);
  return {
    url,
    overNoise: request.URLIsNoise === true,
    types: (reader.text(request.Types) ?? '').split(',').filter((type) => type !== ''),
    ...(parseAddress(ip) !== undefined && { ip }),
    ...(payload !== undefined && { payload }),
  };
}

export function readClientVersion(reader: WireReader, raw: unknown): ClientVersion | undefined {
  const version = reader.object(raw);
  if (version === undefined) return undefined;
  const latest = reader.shown(version.LatestVersion);
  const notifyText = version.Notify === true ? reader.shown(version.NotifyText) : '';
  const notifyUrl = version.Notify === true ? reader.webUrl(version.NotifyURL) : undefined;
  return {
    runningLatest: version.RunningLatest === true,
    urgent: version.UrgentSecurityUpdate === true,
    ...(latest !== '' && { latest }),
    ...(notifyText !== '' && { notifyText }),
    ...(notifyUrl !== undefined && { notifyUrl }),
  };
}

/** Milliseconds for which control wants to be left alone; 0: not at all. Its wish that the program ends is not granted. */
export function readSleep(reader: WireReader, frame: JsonObject): number {
  const seconds = reader.object(frame.Debug)?.SleepSeconds;
  if (typeof seconds !== 'number' || !(seconds > 0)) return 0;
  return Math.min(seconds, LONGEST_SLEEP) * 1000;
}

function readPayload(reader: WireReader, raw: unknown): Bytes | undefined {
  if (typeof raw !== 'string' || raw === '') return undefined;
  if (raw.length > LONGEST_PAYLOAD) return reader.skip();
  try {
    return Uint8Array.from(atob(raw), (character) => character.charCodeAt(0));
  } catch {
    return reader.skip();
  }
}
