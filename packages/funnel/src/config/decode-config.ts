import type { Mounts, MountTarget, Plan, ProxyVersion, Service } from './plan.js';
import { ProblemList } from './problem-list.js';
import { isPort, parseProxyTarget, parseRedirect, parseTcpTarget, plainName, splitHostPort } from './targets.js';

type Fields = Readonly<Record<string, unknown>>;

/** A ServeConfig as a plan. Throws one error that lists everything that is wrong or not supported. */
export function decodeConfig(config: unknown): Plan {
  const problems = new ProblemList();
  const plan = new Decoder(problems).plan(config);
  problems.throwIfAny();
  return plan;
}

/** By field, what it is. */
type Kinds = Readonly<Record<string, 'object' | 'string' | 'number' | 'boolean'>>;

const KNOWN = {
  config: { TCP: 'object', Web: 'object', Services: 'object', AllowFunnel: 'object', Foreground: 'object' },
  port: { HTTPS: 'boolean', HTTP: 'boolean', TCPForward: 'string', TerminateTLS: 'string', ProxyProtocol: 'number' },
  site: { Handlers: 'object' },
  mount: { Path: 'string', Proxy: 'string', Text: 'string', Redirect: 'string', AcceptAppCaps: 'object' },
} as const satisfies Readonly<Record<string, Kinds>>;

const UNSUPPORTED: Readonly<Record<string, string>> = {
  Services: 'services with addresses of their own are not supported; serve them from ports of this node',
  Foreground: 'there are no sessions here; put what it says into TCP and Web, and remove it when it shall end',
};

class Decoder {
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  plan(config: unknown): Plan {
    const fields = this.#object(config, 'the configuration', KNOWN.config);
    for (const [name, why] of Object.entries(UNSUPPORTED)) {
      if (Object.keys(this.#object(fields[name] ?? {}, name)).length > 0) this.#problems.add(name, why);
    }
    const sites = this.#web(this.#object(fields.Web ?? {}, 'Web'));
    const ports = new Map<number, Service>();
    for (const [key, value] of this.#entries(fields.TCP, 'TCP')) {
      const port = /^[1-9]\d*$/.test(key) && isPort(Number(key)) ? Number(key) : this.#problems.add(`TCP.${key}`, 'is not a port');
      const service = this.#service(value, `TCP.${key}`, sites.get(Number(key)));
      if (port !== undefined && service !== undefined) ports.set(port, service);
      sites.delete(Number(key));
    }
    for (const port of sites.keys()) this.#problems.add(`Web …:${port}`, `has no TCP.${port} with HTTP or HTTPS`);
    return { ports, funnel: this.#funnel(fields.AllowFunnel) };
  }

  #service(value: unknown, place: string, sites: ReadonlyMap<string, Mounts> | undefined): Service | undefined {
    const fields = this.#object(value, place, KNOWN.port);
    const { HTTPS, HTTP, TCPForward } = fields;
    if ([HTTPS === true, HTTP === true, isText(TCPForward)].filter(Boolean).length !== 1)
      return this.#problems.add(place, 'needs exactly one of HTTPS, HTTP and TCPForward');
    if (!isText(TCPForward)) return this.#webService(fields, place, HTTPS === true, sites);
    if (sites !== undefined) this.#problems.add(place, 'is forwarded, and Web has handlers for it');
    return this.#forward(TCPForward, fields, place);
  }

  #webService(fields: Fields, place: string, tls: boolean, sites: ReadonlyMap<string, Mounts> = new Map()): Service {
    for (const name of ['TerminateTLS', 'ProxyProtocol'])
      if (fields[name] !== undefined && fields[name] !== 0 && fields[name] !== '')
        this.#problems.add(`${place}.${name}`, 'goes with TCPForward only');
    return { kind: 'web', tls, sites };
  }

  #forward(text: string, { TerminateTLS = '', ProxyProtocol = 0 }: Fields, place: string): Service | undefined {
    const target = parseTcpTarget(text);
    if (target === undefined) return this.#problems.add(`${place}.TCPForward`, `"${text}" is neither host:port nor unix:/path`);
    if (ProxyProtocol !== 0 && ProxyProtocol !== 1 && ProxyProtocol !== 2)
      return this.#problems.add(`${place}.ProxyProtocol`, 'is 0, 1 or 2');
    if (typeof TerminateTLS !== 'string') return this.#problems.add(`${place}.TerminateTLS`, 'is a name');
    const terminate = TerminateTLS === '' ? {} : { terminate: plainName(TerminateTLS) };
    return { kind: 'tcp', target, proxyProtocol: ProxyProtocol as ProxyVersion, ...terminate };
  }

  #web(web: Fields): Map<number, Map<string, Mounts>> {
    const ports = new Map<number, Map<string, Mounts>>();
    for (const [key, value] of Object.entries(web)) {
      const place = `Web["${key}"]`;
      const at = splitHostPort(key);
      if (at === undefined || at.host === '') {
        this.#problems.add(place, 'is not name:port');
        continue;
      }
      const { Handlers } = this.#object(value, place, KNOWN.site);
      const sites = ports.get(at.port) ?? new Map<string, Mounts>();
      ports.set(at.port, sites.set(plainName(at.host), this.#mounts(Handlers, place)));
    }
    return ports;
  }

  #mounts(handlers: unknown, place: string): Mounts {
    const mounts = new Map<string, MountTarget>();
    for (const [mount, value] of this.#entries(handlers, place)) {
      const at = `${place}["${mount}"]`;
      if (!mount.startsWith('/')) this.#problems.add(at, 'a mount point starts with /');
      const target = this.#mount(this.#object(value, at, KNOWN.mount), at);
      if (target !== undefined) mounts.set(mount, target);
    }
    return mounts;
  }

  #mount({ Path, Proxy: proxy, Text, Redirect, AcceptAppCaps }: Fields, place: string): MountTarget | undefined {
    if ([Path, proxy, Text, Redirect].filter(isText).length !== 1)
      return this.#problems.add(place, 'needs exactly one of Path, Proxy, Text and Redirect');
    if (isText(Path)) return { kind: 'files', path: Path };
    if (isText(Text)) return { kind: 'text', text: Text };
    if (isText(Redirect)) return parseRedirect(Redirect);
    const caps = AcceptAppCaps ?? [];
    if (!Array.isArray(caps) || !caps.every(isText)) return this.#problems.add(`${place}.AcceptAppCaps`, 'is a list of names');
    return (
      parseProxyTarget(String(proxy), caps) ??
      this.#problems.add(`${place}.Proxy`, `"${String(proxy)}" is neither a port, host:port, a URL nor unix:/path`)
    );
  }

  #funnel(value: unknown): Map<string, boolean> {
    const allowed = new Map<string, boolean>();
    for (const [key, on] of this.#entries(value, 'AllowFunnel')) {
      const at = splitHostPort(key);
      if (at === undefined || at.host === '' || typeof on !== 'boolean')
        this.#problems.add(`AllowFunnel["${key}"]`, 'is name:port with true or false');
      else allowed.set(`${plainName(at.host)}:${at.port}`, on);
    }
    return allowed;
  }

  #entries(value: unknown, place: string): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#object(value ?? {}, place));
  }

  /** The fields of an object; those that nobody knows are told, because they might have been meant to protect something. */
  #object(value: unknown, place: string, known?: Kinds): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#problems.add(place, 'is not an object');
      return {};
    }
    if (known !== undefined) this.#checkFields(value, place, known);
    return value as Fields;
  }

  #checkFields(value: object, place: string, known: Kinds): void {
    for (const [name, field] of Object.entries(value)) {
      const kind = Object.hasOwn(known, name) ? known[name] : undefined;
      if (kind === undefined) this.#problems.add(place, `has an unknown field ${name}`);
      else if (field !== null && field !== undefined && kind !== 'object' && typeof field !== kind)
        this.#problems.add(`${place}.${name}`, `is not a ${kind}`);
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
