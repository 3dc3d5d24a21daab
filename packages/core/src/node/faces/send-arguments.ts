import { Buffer } from 'node:buffer';
import { checkedPort, checkString, wrongType } from './argument-checks.js';
import { misuse } from './socket-errors.js';

export type SendCallback = (error: Error | null, bytes: number) => void;

/** What dgram.Socket.send takes as a message; several are joined. */
export type Message = string | NodeJS.ArrayBufferView | readonly (string | NodeJS.ArrayBufferView)[];

/** `(message, [offset, length,] [port, [address,]] [callback])`, as dgram.Socket.send. */
export type SendArguments = readonly [message: Message, ...rest: readonly (number | string | SendCallback | undefined | null)[]];

export interface Sending {
  readonly bytes: Buffer;
  readonly port: number | undefined;
  readonly address: string | undefined;
  readonly callback: SendCallback | undefined;
}

interface Places {
  readonly bytes: Buffer | undefined;
  readonly port: unknown;
  readonly address: unknown;
  readonly callback: unknown;
}

/** Which argument is what depends on where the others are; this decides as Node does. */
export function sendArguments(given: SendArguments, connected: boolean): Sending {
  const places = connected ? placesOfConnected(given) : placesOfUnconnected(given);
  const bytes = places.bytes ?? bytesOf(given[0]);
  const port = connected ? undefined : checkedPort(places.port, 'Port', 1);
  const { address } = places;
  if (typeof address === 'function') return { bytes, port, address: undefined, callback: address as SendCallback };
  if (address !== undefined && address !== null) checkString('address', address);
  return { bytes, port, address: (address as string) || undefined, callback: callbackOf(places.callback) };
}

function placesOfUnconnected([message, second, third, fourth, fifth, sixth]: SendArguments): Places {
  if (fifth || (fourth && typeof fourth !== 'function'))
    return { bytes: slice(message, second, third), port: fourth, address: fifth, callback: sixth };
  return { bytes: undefined, port: second, address: third, callback: fourth };
}

function placesOfConnected([message, second, third, fourth, fifth]: SendArguments): Places {
  const sliced = typeof third === 'number';
  const bytes = sliced ? slice(message, second, third) : undefined;
  const callback = sliced ? fourth : second;
  const port = sliced && typeof fourth === 'function' ? undefined : fourth;
  if (port || fifth) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected');
  return { bytes, port: undefined, address: undefined, callback };
}

function callbackOf(value: unknown): SendCallback | undefined {
  return typeof value === 'function' ? (value as SendCallback) : undefined;
}

const KINDS = 'of type string or an instance of Buffer, TypedArray, or DataView';

function bytesOf(message: unknown): Buffer {
  if (!Array.isArray(message)) return oneOf(message);
  if (!message.every((part) => typeof part === 'string' || ArrayBuffer.isView(part)))
    throw wrongType('buffer list arguments', KINDS, message);
  return Buffer.concat(message.map(oneOf));
}

function oneOf(message: unknown): Buffer {
  if (typeof message === 'string') return Buffer.from(message);
  if (ArrayBuffer.isView(message)) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  throw wrongType('buffer', KINDS, message);
}

/** Counts as Node does: what is no number is 0, and what is negative is far outside. */
function slice(message: unknown, offset: unknown, length: unknown): Buffer {
  const whole = oneOf(message);
  const from = Number(offset) >>> 0;
  const to = from + (Number(length) >>> 0);
  if (to <= whole.length) return whole.subarray(from, to);
  const text = from > whole.length ? '"offset" is outside of buffer bounds' : '"length" is outside of buffer bounds';
  throw misuse('ERR_BUFFER_OUT_OF_BOUNDS', text, RangeError as ErrorConstructor);
}
