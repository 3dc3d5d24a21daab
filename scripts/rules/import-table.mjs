/** Never a part of a production package, whatever the table above allows. */
export const ONLY_FOR_TESTS = ['testing', 'devnet'];

/**
 * Who may import whom. The order is from the ground up: nobody imports upwards.
 * @type {{ of: RegExp, may: string[], why: string }[]} the first row that fits a package's folder name holds
 */
export const OURS = [
  { of: /^(crypto|wire)$/, may: [], why: 'crypto and wire are the ground: they import nothing of ours' },
  { of: /^wireguard$/, may: ['crypto', 'wire'], why: 'WireGuard is used alone, without core' },
  { of: /^core$/, may: ['crypto', 'wire', 'wireguard'], why: 'core knows contracts, never a plugin' },
  { of: /^native-/, may: ['core', 'crypto'], why: 'native code offers providers and knows no protocol' },
  {
    of: /^control-static$/,
    may: ['core', 'crypto', 'wire', 'wireguard'],
    why: 'plugins know core, not each other: any of them may be replaced',
  },
  {
    of: /^stack-tun$/,
    may: ['core', 'crypto', 'wire', 'native-linux'],
    why: 'plugins know core, not each other: any of them may be replaced',
  },
  {
    of: /^((transport|stack|control|path)-.+|funnel|metrics|testing)$/,
    may: ['core', 'crypto', 'wire'],
    why: 'plugins know core, not each other: any of them may be replaced',
  },
  {
    of: /^devnet$/,
    may: ['core', 'crypto', 'wire', 'control-ts2021', 'transport-udp', 'transport-derp', 'path-disco', 'stack-netstack', 'funnel'],
    why: 'its servers share the Noise of the client and no more; its ingress relay is a node, composed of plugins as programs are',
  },
  { of: /^(simulation|fuzz)$/, may: ['*', ...ONLY_FOR_TESTS], why: 'never published: only tests' },
  { of: /^(wg|heddle|daemon)$/, may: ['*'], why: 'devnet and testing never reach a production package' },
];

/** Folders that may reach inside other packages: the fuzzer feeds parsers that nobody publishes. */
export const INSIDERS = ['packages/fuzz'];

/** Below core, tests have no testing kit: it stands on core. */
export const TESTED_WITHOUT_KIT = ['crypto', 'wire', 'wireguard'];

/**
 * Bans on what others wrote. Paths are from the root; `except` names the rooms where the import is at home.
 * @type {{ what: RegExp, except: RegExp[], why: string }[]}
 */
export const OTHERS = [
  {
    what: /^(inversify|reflect-metadata)$/,
    except: [/^packages\/core\/(src|test)\/composition\//],
    why: 'only the composition knows the container, so that it can be another one',
  },
  {
    what: /^@(noble|stablelib)\//,
    except: [/^packages\/crypto\//],
    why: 'one provider seam: who needs a primitive asks @heddle/crypto, which tests and chooses them',
  },
  {
    what: /^rxjs(\/|$)/,
    except: [/^packages\/(?!crypto\/|wire\/|wireguard\/)/, /^(examples|lab|bench|scripts)\//],
    why: 'no RxJS in crypto, wire and wireguard: they are rules and bytes, and run per packet',
  },
];

/**
 * Where `node:*` may be imported; everywhere else a package runs unchanged in a browser.
 * @type {{ room: RegExp, why: string }[]}
 */
export const NODE_ROOMS = [
  { room: /^packages\/core\/src\/node\//, why: 'the export @heddle/core/node' },
  { room: /^packages\/transport-udp\/src\/(?!pure\/)/, why: 'a driver of sockets; its protocol parts lie in pure/' },
  { room: /^packages\/wg\/src\//, why: 'a program' },
  { room: /^packages\/control-static\/src\/node\//, why: 'reads a file of configuration' },
  { room: /^packages\/control-ts2021\/src\/node\//, why: 'a driver of TCP, TLS and HTTP/2; its protocol parts lie beside it' },
  { room: /^packages\/transport-derp\/src\/node\//, why: 'a driver of TCP, TLS and HTTP proxies; its protocol parts lie beside it' },
  { room: /^packages\/devnet\/src\/node\//, why: 'sockets, certificates and the program; rules and bytes lie beside it' },
  { room: /^packages\/metrics\/src\/node\//, why: 'an HTTP endpoint and files; numbers and formats lie beside it' },
  { room: /^packages\/funnel\/src\/node\//, why: 'TLS, HTTP and files; rules and bytes lie beside it' },
  { room: /^packages\/native-linux\/src\//, why: 'system calls of Linux' },
  { room: /^packages\/stack-tun\/src\/(?!pure\/)/, why: 'a driver of the kernel; what is pure lies in pure/' },
];

export const NODE_BAN = 'node:* is for drivers (core/node, sockets, files): the rest must run in a browser unchanged';
