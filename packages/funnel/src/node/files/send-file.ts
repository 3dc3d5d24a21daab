import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, parseRange } from '../../web/byte-range.js';
import { isAsWanted, isFresh, rangeHolds, type Version } from '../../web/conditions.js';
import { mediaType } from '../../web/media-types.js';
import type { Exchange } from '../web-server.js';

/** Sends an open file, or the part of it that was asked for, and closes it. */
export async function sendFile(
  exchange: Exchange,
  { handle, path }: { readonly handle: FileHandle; readonly path: string },
): Promise<void> {
  try {
    await send(exchange, handle, path);
  } catch {
    exchange.response.destroy();
  } finally {
    await handle.close();
  }
}

async function send({ request, response }: Exchange, handle: FileHandle, path: string): Promise<void> {
  const stats = await handle.stat();
  const version = versionOf(stats);
  response.setHeader('Last-Modified', stats.mtime.toUTCString());
  response.setHeader('ETag', version.etag);
  if (!isAsWanted(request.headers, version)) return finish(response, 412);
  if (isFresh(request.headers, version)) return finish(response, 304);
  response.setHeader('Accept-Ranges', 'bytes');
  const range = rangeHolds(request.headers, version) ? parseRange(request.headers.range, stats.size) : 'whole';
  if (range === 'none') return finish(response, 416, { 'Content-Range': `bytes */${stats.size}` });
  const part = range === 'whole' ? { first: 0, last: stats.size - 1 } : range;
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${part.first}-${part.last}/${stats.size}`);
  response.writeHead(range === 'whole' ? 200 : 206, { 'Content-Type': mediaType(path), 'Content-Length': part.last - part.first + 1 });
  if (request.method === 'HEAD' || stats.size === 0) return void response.end();
  await sendBytes(handle, part, response);
}

/** A file that has become shorter meanwhile breaks off: what was still owed must not be taken from the next answer. */
async function sendBytes(handle: FileHandle, part: ByteRange, response: ServerResponse): Promise<void> {
  const bytes = handle.createReadStream({ start: part.first, end: part.last, autoClose: false });
  await pipeline(bytes, response, { end: false });
  if (bytes.bytesRead < part.last - part.first + 1) response.destroy(new Error('the file has become shorter'));
  else response.end();
}

function versionOf({ mtimeMs, size }: Stats): Version {
  return { etag: `"${Math.floor(mtimeMs).toString(16)}-${size.toString(16)}"`, modified: Math.floor(mtimeMs / 1000) };
}

function finish(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers);
  response.end();
}
