import type { StackConfig } from '@heddle/core';
import { parseAddress, parsePrefix } from '@heddle/wire';

/*
 * What of the machine is changed, as commands of ip(8). Routes lie in tables of our own, so that they clobber nobody's, and rules lead there:
 *
 *   base + 0   own sockets (mark)        main          they never enter the tunnel
 *   base + 0   to control and relays     main          their sockets have no mark, and carry what the tunnel is made of
 *   base + 1   own sockets               default
 *   base + 2   own sockets               unreachable   rather no way than a loop
 *   base + 3   everything                table base    what leads into the tunnel
 *   base + 4   everything                main          but not its default route: the local network stays
 *   base + 5   everything                table base+1  the default route into the tunnel
 *
 * The last two are there only with a default route.
 */

/** Before the rules of Tailscale (5200), so that both work on one machine. */
const FIRST_BASE = 5_000;
const BASE_STRIDE = 10;
/** Nodes of one network namespace. */
const SLOTS = 16;
/** The bits of a mark that say whose packet it is. */
const MARK_MASK = 0xff0000;

/** Without it the kernel would ask for routers through the tunnel. */
const NO_LINK_LOCAL = ['addrgenmode', 'none'];

/** One change, and how it is taken back. */
export interface Step {
  readonly family: 4 | 6;
  readonly run: readonly string[];
  /** Empty: nothing to take back. */
  readonly undo: readonly string[];
  /** It goes with the interface. */
  readonly bound: boolean;
}

export interface PlanOptions {
  readonly link: string;
  readonly config: StackConfig;
  readonly mark: number;
  /** Which rules and tables. */
  readonly slot: number;
}

/** All steps for a configuration, in the order in which they are to be done. */
export function planSteps({ link, config, mark, slot }: PlanOptions): readonly Step[] {
  const base = FIRST_BASE + slot * BASE_STRIDE;
  const families = ([4, 6] as const).filter((family) => [...config.addresses, ...config.routes].some((text) => familyOf(text) === family));
  return [
    step(4, ['link', 'set', 'dev', link, ...(families.includes(6) ? NO_LINK_LOCAL : []), 'mtu', `${config.mtu}`, 'up'], [], true),
    ...families.flatMap((family) => [
      ...config.addresses.filter((text) => familyOf(text) === family).map((text) => addressStep(family, text, link)),
      ...routeSteps(family, config.routes, link, base),
      ...outsideSteps(family, config.outside ?? [], base),
      ...ruleSteps(family, config.routes, mark, base),
    ]),
  ];
}

/** The first slot whose rules nobody has; undefined: there are too many nodes. */
export function freeSlot(priorities: ReadonlySet<number>): number | undefined {
  const taken = new Set([...priorities].map((priority) => Math.floor((priority - FIRST_BASE) / BASE_STRIDE)));
  for (let slot = 0; slot < SLOTS; slot++) if (!taken.has(slot)) return slot;
  return undefined;
}

/** Steps are the same when they do the same. */
export function stepKey({ family, run }: Step): string {
  return `${family} ${run.join(' ')}`;
}

function addressStep(family: 4 | 6, address: string, link: string): Step {
  const immediate = family === 6 ? ['nodad'] : [];
  return step(family, ['address', 'replace', address, 'dev', link, ...immediate], ['address', 'del', address, 'dev', link], true);
}

function routeSteps(family: 4 | 6, routes: readonly string[], link: string, base: number): readonly Step[] {
  const own = [...new Set(routes)].filter((text) => familyOf(text) === family);
  return own.map((prefix) => {
    const table = `${isDefault(prefix) ? base + 1 : base}`;
    const place = [prefix, 'dev', link, 'table', table];
    return step(family, ['route', 'replace', ...place], ['route', 'del', ...place], true);
  });
}

function outsideSteps(family: 4 | 6, outside: readonly string[], base: number): readonly Step[] {
  const own = [...new Set(outside)].filter((text) => familyOf(text) === family);
  return own.map((address) => {
    const rule = ['priority', `${base}`, 'to', address, 'lookup', 'main'];
    return step(family, ['rule', 'add', ...rule], ['rule', 'del', ...rule], false);
  });
}

function ruleSteps(family: 4 | 6, routes: readonly string[], mark: number, base: number): readonly Step[] {
  const own = ['fwmark', `0x${mark.toString(16)}/0x${(MARK_MASK | mark).toString(16)}`];
  const withDefault = routes.some((text) => familyOf(text) === family && isDefault(text));
  const rules = [
    [...own, 'lookup', 'main'],
    [...own, 'lookup', 'default'],
    [...own, 'unreachable'],
    ['lookup', `${base}`],
    ...(withDefault
      ? [
          ['lookup', 'main', 'suppress_prefixlength', '0'],
          ['lookup', `${base + 1}`],
        ]
      : []),
  ];
  return rules.map((rule, i) => {
    const whole = ['priority', `${base + i}`, ...rule];
    return step(family, ['rule', 'add', ...whole], ['rule', 'del', ...whole], false);
  });
}

function step(family: 4 | 6, run: readonly string[], undo: readonly string[], bound: boolean): Step {
  return { family, run, undo, bound };
}

function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}

function isDefault(prefix: string): boolean {
  return prefix.endsWith('/0');
}

/** What control says becomes arguments of commands and lines of files: the first thing in it that is no prefix, address or name. */
export function firstUnfit({ addresses, routes, outside = [], dns }: StackConfig): string | undefined {
  const prefix = [...addresses, ...routes, ...outside].find((text) => parsePrefix(text) === undefined);
  const server = dns?.servers.find((text) => parseAddress(text) === undefined);
  return prefix ?? server ?? dns?.search.find((name) => !/^[a-z0-9_][a-z0-9_.-]{0,252}$/i.test(name));
}
