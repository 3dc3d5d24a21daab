import type { NodeOptions } from '../heddle-node/heddle-node.js';
import { DEFAULT_LIMITS } from '../limits/limits.js';
import { preferenceFault } from '../preferences/preference-keeper.js';
import type { Problem } from './problem.js';

const SURROUNDINGS = {
  clock: ['now', 'wall', 'at'],
  random: ['fill'],
  logger: ['debug', 'info', 'warn', 'error'],
  state: ['open', 'get', 'set', 'close'],
  host: ['get'],
} as const;

/** What is wrong with the options of a node. */
export function checkOptions(options: NodeOptions): readonly Problem[] {
  if (typeof options !== 'object' || options === null)
    return [{ what: 'the options are not an object', cause: `they are ${String(options)}`, cure: 'Pass createNode({}, plugins)' }];
  return [
    ...checkLimits(options.limits ?? {}),
    ...checkSurroundings(options),
    ...checkCrypto(options.crypto),
    ...checkPreferences(options),
  ];
}

function checkCrypto(crypto: NodeOptions['crypto']): Problem[] {
  if (crypto === undefined || (typeof crypto?.packets?.seal === 'function' && typeof crypto.x25519?.load === 'function')) return [];
  return [
    {
      what: 'options.crypto cannot be used',
      cause: 'it is not what chooseCrypto() returns',
      cure: 'Give chooseCrypto({ force }) of @heddle/crypto, or leave it out',
    },
  ];
}

function checkPreferences({ hostname, preferences = {} }: NodeOptions): Problem[] {
  const fault = preferenceFault({ ...(hostname !== undefined && { hostname }), ...preferences });
  if (fault === undefined) return [];
  return [{ what: 'options.preferences cannot be used', cause: fault.message, cure: 'Give the value that is meant, or leave it out' }];
}

function checkLimits(limits: object): Problem[] {
  return Object.entries(limits).flatMap(([name, value]) => {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      return [
        {
          what: `there is no limit ${name}`,
          cause: 'options.limits names it',
          cure: `Use one of ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
        },
      ];
    if (typeof value === 'number' && value > 0) return [];
    return [
      { what: `the limit ${name} is ${String(value)}`, cause: 'options.limits says so', cure: 'Give a number above 0, or leave it out' },
    ];
  });
}

function checkSurroundings(options: NodeOptions): Problem[] {
  return Object.entries(SURROUNDINGS).flatMap(([name, members]) => {
    const given = options[name as keyof typeof SURROUNDINGS] as Readonly<Record<string, unknown>> | undefined;
    const missing = given === undefined ? [] : members.filter((member) => typeof given?.[member] !== 'function');
    if (missing.length === 0) return [];
    return [
      {
        what: `options.${name} cannot be used`,
        cause: `it has no ${missing.join(', ')}`,
        cure: `Give an object with ${members.join(', ')}, or leave it out`,
      },
    ];
  });
}
