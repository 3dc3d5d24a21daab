import { Buffer } from 'node:buffer';
import { checkedPort, misuse } from './socket-errors.js';

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

/** Offset and length are there when two numbers more than the port are: Node decides by the count of arguments, and so does this. */
export function sendArguments(given: SendArguments, connected: boolean): Sending {
  const [message, ...rest] = given;
  const callback = rest.find((value) => typeof value === 'function') as SendCallback | undefined;
  const values = rest.filter((value) => typeof value !== 'function');
  const sliced = connected ? typeof values[1] === 'number' : typeof values[1] === 'number' && values[2] !== undefined;
  const [port, address] = sliced ? values.slice(2) : values;
  const whole = bytesOf(message);
  const bytes = sliced ? slice(whole, values[0] as number, values[1] as number) : whole;
  return { bytes, callback, ...(connected ? noTarget(sliced && port) : target(port, address)) };
}

/** As in Node, only the long form is looked at. */
function noTarget(port: unknown): { readonly port: undefined; readonly address: undefined } {
  if (port) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected');
  return { port: undefined, address: undefined };
}

function target(port: unknown, address: unknown): { readonly port: number; readonly address: string | undefined } {
  const checked = checkedPort(port, 'Port');
  if (checked === 0)
    throw misuse('ERR_SOCKET_BAD_PORT', 'Port should be > 0 and < 65536. Received type number (0).', RangeError as ErrorConstructor);
  if (address !== undefined && address !== null && typeof address !== 'string')
    throw misuse('ERR_INVALID_ARG_TYPE', 'The "address" argument must be of type string or falsy.', TypeError as ErrorConstructor);
  return { port: checked, address: address || undefined };
}

function bytesOf(message: Message): Buffer {
  if (typeof message === 'string') return Buffer.from(message);
  if (ArrayBuffer.isView(message)) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (Array.isArray(message)) return Buffer.concat(message.map((part) => bytesOf(part as Message)));
  const text = 'The "buffer" argument must be of type string or an instance of Buffer, TypedArray, or DataView.';
  throw misuse('ERR_INVALID_ARG_TYPE', text, TypeError as ErrorConstructor);
}

function slice(whole: Buffer, offset: number, length: number): Buffer {
  if (offset + length <= whole.length && offset >= 0 && length >= 0) return whole.subarray(offset, offset + length);
  throw misuse(
    'ERR_BUFFER_OUT_OF_BOUNDS',
    offset > whole.length ? '"offset" is outside of buffer bounds' : '"length" is outside of buffer bounds',
    RangeError as ErrorConstructor,
  );
}
