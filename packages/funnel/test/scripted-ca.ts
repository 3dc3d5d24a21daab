import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WEB } from './test-certificates.js';

/** For `localhost`, signed by itself, for a hundred years and for tests alone. The key is public. */
export const CA_CERTIFICATE: string = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUP8hkUmWeTIRYE97UhjuZUWwG+fkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJQSB0ZXN0IENBMCAXDTI2MTEyMTIxMDM1MFoYDzIxMjYxMDI4
MjEwMzUwWjAUMRIwEAYDVQQDDAlBIHRlc3QgQ0EwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATd0AsvkNSwEKE6IZECabcSpJVqZ9nw1220fvvY6s2gDE3ESjif60qH
izJ6OiwiLblTO8HzoBjhddmJvfTiQkPzo2kwZzAdBgNVHQ4EFgQUKvP9df8zL/59
SjGgwy3bjxZ0qiUwHwYDVR0jBBgwFoAUKvP9df8zL/59SjGgwy3bjxZ0qiUwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAJxV89yfXh3ssBnDBE4Ev6hJ1+fGK6WopzZ/Uv/Xn40PAiEAhW1Gr63x
NTZgfTlemnA1/SVdGMWqsI8yNFI/B4pLKfU=
-----END CERTIFICATE-----
`;
const CA_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjbh79139XA7QoGlR
c7SVMtTc6EbVLI42DrXlwmFi2m2hRANCAATd0AsvkNSwEKE6IZECabcSpJVqZ9nw
1220fvvY6s2gDE3ESjif60qHizJ6OiwiLblTO8HzoBjhddmJvfTiQkPz
-----END PRIVATE KEY-----
`;

interface Said {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const PROBLEM = 'urn:ietf:params:acme:error:';

export function problem(status: number, type: string, detail: string, headers: Readonly<Record<string, string>> = {}): Said {
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body: { type: `${PROBLEM}${type}`, detail } };
}

/**
 * A CA that plays its part of RFC 8555 and believes what it is told: no signature is checked, and the certificate is always the same. What a test
 * puts into `script`, by path, goes before; it is asked with what the client said.
 */
export class ScriptedCa {
  /** Paths in order, without those of nonces. */
  readonly asked: string[] = [];
  /** What was said, by path, the last. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into what was sent
  readonly said = new Map<string, any>();
  readonly script: Record<string, (count: number) => Said | undefined> = {};
  /** Looks whether what the client shows is there. */
  look: (type: string) => Promise<unknown> | unknown = () => {};
  authorization: 'pending' | 'valid' | 'invalid' = 'pending';
  #finalized = false;
  #known = false;
  readonly #counts = new Map<string, number>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ cert: CA_CERTIFICATE, key: CA_KEY }, (request, response) => void this.#answer(request, response));
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, 'localhost', resolve));
    return this;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { payload = '' } = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { payload?: string });
    const words = Buffer.from(payload, 'base64url').toString();
    if (path !== '/nonce') this.asked.push(path);
    if (words !== '') this.said.set(path, JSON.parse(words));
    const count = (this.#counts.get(path) ?? 0) + 1;
    this.#counts.set(path, count);
    const { status = 200, headers = {}, body } = this.script[path]?.(count) ?? (await this.#play(path));
    const type = typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json';
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
    // The length is told to a HEAD as well: Node ends the connection after an answer to HEAD that names none.
    const told = { 'content-type': type, 'content-length': Buffer.byteLength(text), 'replay-nonce': `n${this.asked.length}` };
    response.writeHead(status, { ...told, ...headers });
    response.end(text);
  }

  async #play(path: string): Promise<Said> {
    const at = (to: string): string => this.url + to;
    switch (path) {
      case '/dir':
        return { body: { newNonce: at('/nonce'), newAccount: at('/account'), newOrder: at('/order') } };
      case '/account':
        return this.#account();
      case '/order':
        this.#finalized = false;
        return { status: 201, headers: { location: at('/order/1') }, body: this.#order('pending') };
      case '/order/1':
        return { body: this.#order(this.#finalized ? 'valid' : this.authorization === 'valid' ? 'ready' : 'pending') };
      case '/authorization/1':
        return { body: this.#authorizationBody() };
      case '/finalize/1':
        this.#finalized = true;
        return { body: this.#order('processing') };
      case '/certificate/1':
        return { body: WEB.certificate };
    }
    if (path.startsWith('/challenge/')) {
      await this.look(path.slice('/challenge/'.length));
      if (this.authorization === 'pending') this.authorization = 'valid';
    }
    return { body: { status: 'pending' } };
  }

  #account(): Said {
    const existing = this.said.get('/account')?.onlyReturnExisting === true;
    if (existing && !this.#known) return problem(400, 'accountDoesNotExist', 'no such account');
    this.#known = true;
    return { status: existing ? 200 : 201, headers: { location: `${this.url}/account/1` } };
  }

  #order(status: string): object {
    const urls = {
      authorizations: [`${this.url}/authorization/1`],
      finalize: `${this.url}/finalize/1`,
      certificate: `${this.url}/certificate/1`,
    };
    return { status, identifiers: [], ...urls };
  }

  #authorizationBody(): object {
    const challenges = ['dns-01', 'http-01', 'tls-alpn-01'].map((type) => ({
      type,
      url: `${this.url}/challenge/${type}`,
      token: `token-of-${type}`,
      ...(this.authorization === 'invalid' && { error: { detail: `nothing\nwas there for ${type}` } }),
    }));
    return { status: this.authorization, identifier: { type: 'dns', value: 'web.tail.example' }, challenges };
  }
}
