import type { JsonObject } from './json-guard.js';
import type { HealthMessage } from './map-outcome.js';
import { isAbsent, type WireReader } from './wire-reader.js';

/** Null under this name clears what came before. */
const ALL = '*';

/** What control has to say to the user: by id, and as the plain texts of old servers. */
export interface HealthTexts {
  readonly messages: ReadonlyMap<string, HealthMessage>;
  readonly plain: readonly string[];
}

export const NO_HEALTH: HealthTexts = { messages: new Map(), plain: [] };

/** After a frame: `DisplayMessages` is a patch by id, `Health` replaces its list. The same object when the frame has neither. */
export function withHealth(reader: WireReader, before: HealthTexts, frame: JsonObject): HealthTexts {
  if (isAbsent(frame.DisplayMessages) && isAbsent(frame.Health)) return before;
  const most = reader.limits.healthMessages;
  return {
    messages: withMessages(reader, before.messages, frame.DisplayMessages),
    plain: reader.list(frame.Health, most, (item) => reader.shown(item) || undefined) ?? before.plain,
  };
}

/** All that is to be shown. */
export function shownHealth({ messages, plain }: HealthTexts): readonly HealthMessage[] {
  return [...messages.values(), ...plain.map(plainMessage)];
}

function withMessages(reader: WireReader, before: HealthTexts['messages'], raw: unknown): HealthTexts['messages'] {
  const most = reader.limits.healthMessages;
  const entries = reader.entries(raw, most);
  if (entries === undefined) return before;
  const forgets = entries.some(([id, value]) => id === ALL && value === null);
  const messages = new Map(forgets ? [] : before);
  for (const [id, value] of entries) {
    const message = id === ALL || value === null ? undefined : readMessage(reader, id, value);
    if (value === null) messages.delete(id);
    else if (message !== undefined && (messages.size < most || messages.has(id))) messages.set(id, message);
  }
  return messages;
}

function readMessage(reader: WireReader, id: string, raw: unknown): HealthMessage | undefined {
  const message = reader.object(raw);
  if (message === undefined) return undefined;
  const action = readAction(reader, message.PrimaryAction);
  return {
    id: reader.shown(id),
    title: reader.shown(message.Title),
    text: reader.shown(message.Text),
    severity: readSeverity(message.Severity),
    impactsConnectivity: message.ImpactsConnectivity === true,
    ...(action !== undefined && { action }),
  };
}

function readSeverity(raw: unknown): HealthMessage['severity'] {
  return raw === 'high' || raw === 'low' ? raw : 'medium';
}

function readAction(reader: WireReader, raw: unknown): HealthMessage['action'] {
  const action = reader.object(raw);
  const url = reader.webUrl(action?.URL);
  return url === undefined ? undefined : { label: reader.shown(action?.Label), url };
}

function plainMessage(text: string): HealthMessage {
  return { id: text, title: text, text, severity: 'medium', impactsConnectivity: false };
}
