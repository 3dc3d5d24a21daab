import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseAddress } from '@heddle/wire';
import { type Forward, type Mounts, type MountTarget, OWN_NAME, type ProxyVersion, type Service, type TcpTarget } from '../config/plan.js';
import { ProblemList } from '../config/problem-list.js';
import { isPort, joinHostPort, parseProxyTarget, parseRedirect, parseTcpTarget, plainName, splitHostPort } from '../config/targets.js';
import type { Visitor } from './visitor.js';

/** What takes a connection: a port of this machine, `host:port`, `unix:/path`, a function, or a server of Node. */
export type TcpTo = number | string | ((socket: Duplex, visitor: Visitor) => void) | EventEmitter;

/** What answers requests below a mount point. A number or a text is where they are proxied to. */
export type MountTo =
  | number
  | string
  | { readonly proxy: number | string; readonly acceptAppCaps?: readonly string[] }
  | { readonly files: string }
  | { readonly text: string }
  | { readonly redirect: string }
  | ((request: IncomingMessage, response: ServerResponse, visitor: Visitor) => void)
  | EventEmitter;

/** By mount point; what stands alone is mounted at `/`. */
export type MountsTo = MountTo | { readonly [mount: `/${string}`]: MountTo };

/** Plain connections. */
export interface TcpHandler {
  readonly tcp: TcpTo;
  readonly proxyProtocol?: ProxyVersion;
}

/** Connections whose TLS ends here; the target gets clear text. */
export interface TlsHandler {
  readonly tls: TcpTo;
  /** Default: the node's. */
  readonly name?: string;
  readonly proxyProtocol?: ProxyVersion;
}

/** TLS that passes through, each name to its target; other names are refused with an alert. `*` is for all others. */
export interface SniHandler {
  readonly sni: Readonly<Record<string, TcpTo | TcpHandler>>;
}

/** Requests without TLS. */
export interface HttpHandlers {
  /** For the node's name, with and without domain, and its addresses. */
  readonly http: MountsTo;
  /** For further names; `*` is for all others. */
  readonly sites?: Readonly<Record<string, MountsTo>>;
}

/** Requests with TLS, over HTTP/1.1 and HTTP/2. */
export interface HttpsHandlers {
  readonly https: MountsTo;
  readonly sites?: Readonly<Record<string, MountsTo>>;
}

export type PortHandler = TcpHandler | TlsHandler | SniHandler | HttpHandlers | HttpsHandlers;

/** By port. */
export type PortHandlers = Readonly<Record<number, PortHandler>>;

/** Checked, with all problems in one error. */
export function servicesOf(ports: PortHandlers): Map<number, Service> {
  const problems = new ProblemList();
  const services = new Map<number, Service>();
  for (const [key, handler] of Object.entries(ports)) {
    const service = new Reader(problems, `port ${key}`).service(handler);
    if (!isPort(Number(key))) problems.add(`port ${key}`, 'is not a port');
    else if (service !== undefined) services.set(Number(key), service);
  }
  problems.throwIfAny();
  return services;
}

const KINDS = ['tcp', 'tls', 'sni', 'http', 'https'] as const;

class Reader {
  readonly #problems: ProblemList;
  readonly #place: string;

  constructor(problems: ProblemList, place: string) {
    this.#problems = problems;
    this.#place = place;
  }

  service(handler: PortHandler): Service | undefined {
    const kinds = KINDS.filter((kind) => isObject(handler) && (handler as unknown as Partial<Record<string, unknown>>)[kind] !== undefined);
    if (kinds.length !== 1) return this.#problems.add(this.#place, `needs exactly one of ${KINDS.join(', ')}`);
    if ('sni' in handler) return this.#sni(handler);
    if ('http' in handler) return { kind: 'web', tls: false, sites: this.#sites(handler.http, handler.sites) };
    if ('https' in handler) return { kind: 'web', tls: true, sites: this.#sites(handler.https, handler.sites) };
    if ('tcp' in handler) return this.#tcp(handler);
    const forward = this.#forward(handler.tls, handler.proxyProtocol);
    return forward === undefined ? undefined : { kind: 'tcp', ...forward, terminate: plainName(handler.name ?? OWN_NAME) };
  }

  #tcp({ tcp, proxyProtocol }: TcpHandler): Service | undefined {
    const forward = this.#forward(tcp, proxyProtocol);
    return forward === undefined ? undefined : { kind: 'tcp', ...forward };
  }

  #sni({ sni }: SniHandler): Service {
    const targets = new Map<string, Forward>();
    for (const [name, to] of Object.entries(sni)) {
      const handler = isObject(to) && 'tcp' in to ? (to as TcpHandler) : { tcp: to as TcpTo };
      const forward = this.#forward(handler.tcp, handler.proxyProtocol);
      if (forward !== undefined) targets.set(plainName(name), forward);
    }
    return { kind: 'sni', targets };
  }

  #forward(to: TcpTo, proxyProtocol: ProxyVersion = 0): Forward | undefined {
    if (![0, 1, 2].includes(proxyProtocol)) return this.#problems.add(this.#place, 'proxyProtocol is 0, 1 or 2');
    const target = isInProcess(to) ? ({ kind: 'in-process', handler: to } as const) : this.#address(String(to));
    return target === undefined ? undefined : { target, proxyProtocol };
  }

  #address(text: string): TcpTarget | undefined {
    return parseTcpTarget(text) ?? this.#problems.add(this.#place, `"${text}" is neither a port, host:port nor unix:/path`);
  }

  #sites(own: MountsTo, others: Readonly<Record<string, MountsTo>> = {}): ReadonlyMap<string, Mounts> {
    const sites = new Map<string, Mounts>([[OWN_NAME, this.#mounts(own)]]);
    for (const [name, mounts] of Object.entries(others)) {
      if (isSite(name)) sites.set(plainName(name), this.#mounts(mounts));
      else this.#problems.add(this.#place, `"${name}" is no name of a site`);
    }
    return sites;
  }

  #mounts(to: MountsTo): Mounts {
    const mounts = new Map<string, MountTarget>();
    for (const [mount, one] of Object.entries(isMounts(to) ? to : { '/': to as MountTo })) {
      const target = this.#mount(one);
      if (target === undefined)
        this.#problems.add(
          `${this.#place} ${mount}`,
          'is neither a port, a URL, proxy, files, text, redirect, nor a function or server, or says nothing',
        );
      else mounts.set(mount, target);
    }
    return mounts;
  }

  #mount(to: MountTo): MountTarget | undefined {
    if (typeof to === 'number' || typeof to === 'string') return parseProxyTarget(String(to));
    if (isInProcess(to)) return { kind: 'in-process', handler: to };
    if (!isObject(to)) return undefined;
    if ('proxy' in to) return areTexts(to.acceptAppCaps ?? []) ? parseProxyTarget(String(to.proxy), to.acceptAppCaps) : undefined;
    if ('files' in to) return isText(to.files) ? { kind: 'files', path: to.files } : undefined;
    if ('text' in to) return isText(to.text) ? { kind: 'text', text: to.text } : undefined;
    return 'redirect' in to && isText(to.redirect) ? parseRedirect(to.redirect) : undefined;
  }
}

/** True for what a ServeConfig can say: an empty one could be kept, and not be read again. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function areTexts(values: unknown): boolean {
  return Array.isArray(values) && values.every(isText);
}

function isSite(name: string): boolean {
  if (name.includes(':')) return parseAddress(name) !== undefined;
  return name !== '' && splitHostPort(joinHostPort(name, 1)) !== undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isInProcess(to: unknown): to is (() => void) | EventEmitter {
  return typeof to === 'function' || (isObject(to) && typeof (to as Partial<EventEmitter>).emit === 'function');
}

function isMounts(to: MountsTo): to is { readonly [mount: `/${string}`]: MountTo } {
  return isObject(to) && !isInProcess(to) && Object.keys(to).length > 0 && Object.keys(to).every((key) => key.startsWith('/'));
}
