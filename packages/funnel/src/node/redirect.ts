import type { ServerResponse } from 'node:http';

/** Sends elsewhere. `${HOST}` and `${REQUEST_URI}` stand for what was asked. */
export function redirect(
  response: ServerResponse,
  { status, to }: { readonly status: number; readonly to: string },
  asked: { readonly host: string; readonly uri: string },
): void {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the places of Tailscale's configuration
  const location = to.replaceAll('${HOST}', () => asked.host).replaceAll('${REQUEST_URI}', () => asked.uri);
  response.writeHead(status, { Location: inAscii(location), 'Content-Length': 0 });
  response.end();
}

/** A URL as a header may carry it; what is escaped already stays so. */
function inAscii(url: string): string {
  return url.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[^!-~]+/gu, encodeURIComponent);
}
