import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { belowMount } from '../../web/find-mount.js';
import { folderPage } from '../../web/folder-page.js';
import type { RequestTarget } from '../../web/request-target.js';
import { answer, notFound } from '../plain-answers.js';
import type { Exchange } from '../web-server.js';
import { type Inside, openInside } from './open-inside.js';
import { sendFile } from './send-file.js';

/** Answers from a folder, or with a file: what is there, read again at each request. */
export async function serveFiles(exchange: Exchange, root: string, mount: string, target: RequestTarget): Promise<void> {
  const { request, response } = exchange;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return answer(response, 405);
  }
  const rest = belowMount(target.path, mount);
  const found = rest === undefined ? undefined : await openInside(root, rest);
  if (found === undefined || rest === undefined) return notFound(response);
  if (found.kind === 'file') return serveFile(exchange, found, { rest, target });
  return serveFolder(exchange, { root, rest, path: found.path, target });
}

async function serveFile(
  exchange: Exchange,
  file: Extract<Inside, { kind: 'file' }>,
  { rest, target }: { readonly rest: string; readonly target: RequestTarget },
): Promise<void> {
  if (rest.endsWith('/')) {
    await file.handle.close();
    return rest === '/' ? notFound(exchange.response) : moved(exchange, `../${encodeURIComponent(basename(rest))}${target.query}`);
  }
  return sendFile(exchange, file);
}

interface Folder {
  readonly root: string;
  readonly rest: string;
  readonly path: string;
  readonly target: RequestTarget;
}

async function serveFolder(exchange: Exchange, { root, rest, path, target }: Folder): Promise<void> {
  const { request, response } = exchange;
  if (!target.path.endsWith('/')) return moved(exchange, `./${encodeURIComponent(basename(target.path))}/${target.query}`);
  const index = await openInside(root, `${rest}/index.html`);
  if (index?.kind === 'file') return sendFile(exchange, index);
  const entries = await readdir(path, { withFileTypes: true });
  const page = folderPage(entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)));
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(page) });
  response.end(request.method === 'HEAD' ? undefined : page);
}

/** Where it lies by its right name. Relative, so that it holds below any mount. */
function moved({ response }: Exchange, location: string): void {
  response.writeHead(301, { Location: location, 'Content-Length': 0 });
  response.end();
}
