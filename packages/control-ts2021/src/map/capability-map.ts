import type { Capabilities, JsonValue } from '@heddle/core';
import { isJsonObject } from './json-guard.js';
import { isAbsent, type WireReader } from './wire-reader.js';

/** Capability name → list of JSON values, or null for a name that says enough. Undefined when it is absent. */
export function readCapabilities(reader: WireReader, raw: unknown): Map<string, readonly JsonValue[]> | undefined {
  const entries = reader.entries(raw, reader.limits.nodeEntries);
  if (entries === undefined) return undefined;
  const capabilities = new Map<string, readonly JsonValue[]>();
  for (const [key, value] of entries) {
    const name = capabilityName(reader, key);
    if (name !== undefined) capabilities.set(name, valuesOf(reader, value));
  }
  return capabilities;
}

/** Adds names that came as a plain list, as old servers send them. */
export function withNames(reader: WireReader, capabilities: Capabilities | undefined, raw: unknown): Capabilities | undefined {
  const names = reader.list(raw, reader.limits.nodeEntries, (item) => capabilityName(reader, item));
  if (names === undefined || names.length === 0) return capabilities;
  return new Map([...names.map((name) => [name, []] as const), ...(capabilities ?? [])]);
}

function capabilityName(reader: WireReader, raw: unknown): string | undefined {
  const name = reader.text(raw);
  return name === '' ? reader.skip() : name;
}

function valuesOf(reader: WireReader, raw: unknown): readonly JsonValue[] {
  return reader.list(raw, reader.limits.nodeEntries, ownJson) ?? [];
}

/** A copy whose objects have no prototype. Safe to recurse: the depth of the text was checked before it was parsed. */
function ownJson(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(ownJson);
  if (!isJsonObject(value)) return isAbsent(value) ? null : (value as boolean | number | string);
  const copy: { [key: string]: JsonValue } = Object.create(null);
  for (const [key, part] of Object.entries(value)) copy[key] = ownJson(part);
  return copy;
}
