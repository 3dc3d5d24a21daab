import { type Bytes, readU16, readU32, writeU16, writeU32 } from './bytes.js';
import { misuse, requireRoom } from './misuse.js';

/*
 * TCP options: RFC 9293, 7323 (window scale, timestamps), 2018 (SACK)
 *
 *   | 0 |                                       end of list
 *   | 1 |                                       padding between options
 *   | 2 | 4  | segment size 2 |                 SYN only
 *   | 3 | 3  | shift 1 |                        SYN only
 *   | 4 | 2  |                                  SACK permitted, SYN only
 *   | 5 | 2 + 8n | left 4, right 4 | ...        SACK blocks, n = 1 ... 4
 *   | 8 | 10 | value 4 | echo 4 |               timestamps
 *
 * Written in the order that Linux uses, each group padded to words: 2, then 4 and 8, then 3, then 5.
 */

const END = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** The data offset field leaves 40 bytes for options. */
export const TCP_OPTIONS_MAX = 40;
const SACK_BLOCKS_MAX = 4;

/** Options of one segment, filled again for each. Numbers are -1 when the option is absent. */
export interface TcpOptionFields {
  mss: number;
  windowScale: number;
  sackPermitted: boolean;
  timestamps: boolean;
  timestampValue: number;
  timestampEcho: number;
  sackCount: number;
  /** Left and right edges in turn; `sackCount` pairs are valid. */
  readonly sack: Uint32Array;
}

/** An empty record to hand to `readTcpOptions`. */
export function createTcpOptionFields(): TcpOptionFields {
  const sack = new Uint32Array(2 * SACK_BLOCKS_MAX);
  return { mss: -1, windowScale: -1, sackPermitted: false, timestamps: false, timestampValue: 0, timestampEcho: 0, sackCount: 0, sack };
}

/** Reads what is well formed, skips unknown kinds, and stops quietly at the first option whose length is wrong. */
export function readTcpOptions(slab: Bytes, offset: number, length: number, into: TcpOptionFields): void {
  clear(into);
  const end = Math.min(offset + length, slab.length);
  let at = offset;
  while (at < end && slab[at] !== END) {
    if (slab[at] === NOP) {
      at++;
      continue;
    }
    const size = at + 1 < end ? slab[at + 1]! : 0;
    if (size < 2 || at + size > end) return;
    readOption(slab, at, size, into);
    at += size;
  }
}

function clear(into: TcpOptionFields): void {
  into.mss = -1;
  into.windowScale = -1;
  into.sackPermitted = false;
  into.timestamps = false;
  into.timestampValue = 0;
  into.timestampEcho = 0;
  into.sackCount = 0;
}

/** A known kind with another length than its own counts as unknown. */
function readOption(slab: Bytes, at: number, size: number, into: TcpOptionFields): void {
  const kind = slab[at]!;
  if (kind === MSS && size === 4) into.mss = readU16(slab, at + 2);
  else if (kind === WINDOW_SCALE && size === 3) into.windowScale = slab[at + 2]!;
  else if (kind === SACK_PERMITTED && size === 2) into.sackPermitted = true;
  else if (kind === TIMESTAMPS && size === 10) readTimestamps(slab, at, into);
  else if (kind === SACK && size > 2 && (size - 2) % 8 === 0) readSack(slab, at, (size - 2) / 8, into);
}

function readTimestamps(slab: Bytes, at: number, into: TcpOptionFields): void {
  into.timestamps = true;
  into.timestampValue = readU32(slab, at + 2);
  into.timestampEcho = readU32(slab, at + 6);
}

function readSack(slab: Bytes, at: number, blocks: number, into: TcpOptionFields): void {
  into.sackCount = Math.min(blocks, SACK_BLOCKS_MAX);
  for (let i = 0; i < 2 * into.sackCount; i++) into.sack[i] = readU32(slab, at + 2 + 4 * i);
}

/** One range of sequence numbers that has arrived: from `left` up to, not including, `right`. */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

/** Options as a value; an absent name is an absent option. */
export interface TcpOptions {
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly timestamps?: { readonly value: number; readonly echo: number };
  readonly sack?: readonly SackBlock[];
}

/** Never fails: what is not understood is left out. */
export function decodeTcpOptions(b: Bytes): TcpOptions {
  const fields = createTcpOptionFields();
  readTcpOptions(b, 0, b.length, fields);
  return {
    ...(fields.mss >= 0 && { mss: fields.mss }),
    ...(fields.windowScale >= 0 && { windowScale: fields.windowScale }),
    ...(fields.sackPermitted && { sackPermitted: true }),
    ...(fields.timestamps && { timestamps: { value: fields.timestampValue, echo: fields.timestampEcho } }),
    ...(fields.sackCount > 0 && { sack: sackBlocks(fields) }),
  };
}

function sackBlocks(fields: TcpOptionFields): SackBlock[] {
  return Array.from({ length: fields.sackCount }, (_, i) => ({ left: fields.sack[2 * i]!, right: fields.sack[2 * i + 1]! }));
}

/** Bytes that `writeTcpOptions` will write: a multiple of 4. */
export function tcpOptionsLength(options: TcpOptions): number {
  return (
    (options.mss === undefined ? 0 : 4) +
    (options.timestamps ? 12 : options.sackPermitted ? 4 : 0) +
    (options.windowScale === undefined ? 0 : 4) +
    (options.sack?.length ? 4 + 8 * options.sack.length : 0)
  );
}

/** Writes the options, padded to words, and returns their length. */
export function writeTcpOptions(into: Bytes, at: number, options: TcpOptions): number {
  const length = tcpOptionsLength(options);
  if (length > TCP_OPTIONS_MAX) throw misuse(`TCP options take at most ${TCP_OPTIONS_MAX} bytes, not ${length}: give fewer SACK blocks`);
  requireRoom(into, at, length, 'a list of TCP options');
  let next = at;
  if (options.mss !== undefined) next = writeMss(into, next, options.mss);
  if (options.timestamps) next = writeTimestamps(into, next, options.timestamps, options.sackPermitted === true);
  else if (options.sackPermitted) next = writeHead(into, next, NOP, NOP, SACK_PERMITTED, 2);
  if (options.windowScale !== undefined) next = writeHead(into, next, NOP, WINDOW_SCALE, 3, options.windowScale);
  if (options.sack?.length) writeSack(into, next, options.sack);
  return length;
}

function writeHead(into: Bytes, at: number, a: number, b: number, c: number, d: number): number {
  into[at] = a;
  into[at + 1] = b;
  into[at + 2] = c;
  into[at + 3] = d;
  return at + 4;
}

function writeMss(into: Bytes, at: number, mss: number): number {
  writeHead(into, at, MSS, 4, 0, 0);
  writeU16(into, at + 2, mss);
  return at + 4;
}

/** SACK permitted takes the place of the two padding bytes. */
function writeTimestamps(into: Bytes, at: number, stamps: { value: number; echo: number }, sackPermitted: boolean): number {
  writeHead(into, at, sackPermitted ? SACK_PERMITTED : NOP, sackPermitted ? 2 : NOP, TIMESTAMPS, 10);
  writeU32(into, at + 4, stamps.value);
  writeU32(into, at + 8, stamps.echo);
  return at + 12;
}

function writeSack(into: Bytes, at: number, blocks: readonly SackBlock[]): void {
  let next = writeHead(into, at, NOP, NOP, SACK, 2 + 8 * blocks.length);
  for (const block of blocks) {
    writeU32(into, next, block.left);
    writeU32(into, next + 4, block.right);
    next += 8;
  }
}
