import { DROP_REASONS } from '../drops/reasons.js';
import { ERRORS } from '../errors/codes.js';
import { CONTRACT, type Plugin } from './plugin.js';
import type { Problem } from './problem.js';
import { type Need, tokenOf } from './token.js';

type Unknowns = Readonly<Record<PropertyKey, unknown>>;

/** What is wrong with the values themselves, and the plugins that can be looked at further. */
export function checkShapes(values: unknown): { readonly plugins: readonly Plugin[]; readonly problems: readonly Problem[] } {
  if (!Array.isArray(values))
    return shapeless({
      what: 'the plugins are not a list',
      cause: `createNode was given ${kindOf(values)}`,
      cure: 'Pass an array: createNode(options, [udp(), netstack()])',
    });
  if (values.length === 0)
    return shapeless({
      what: 'the list of plugins is empty',
      cause: 'a node is made of plugins and has no parts of its own',
      cure: 'Add at least one, usually a Bind, a Stack and a Control: udp(), netstack(), ts2021()',
    });
  const looks = Array.from<unknown>(values).map((value, index) => lookAt(value, index, values.indexOf(value) !== index));
  return { plugins: looks.flatMap(({ plugins }) => plugins), problems: looks.flatMap(({ problems }) => problems) };
}

/** One value: a getter of it, or a proxy that stands for it, may throw. */
function lookAt(value: unknown, index: number, isAgain: boolean): ReturnType<typeof checkShapes> {
  try {
    const problems = checkValue(value, index);
    const isPlugin = !isAgain && isObject(value) && namedAndListed(value);
    return { plugins: isPlugin ? [readable(value as unknown as Plugin)] : [], problems };
  } catch (thrown) {
    return shapeless({
      what: `plugin ${index + 1} of the list cannot be read`,
      cause: `looking at it throws: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      cure: 'Pass what definePlugin returned: a plain value, without getters that throw',
    });
  }
}

function shapeless(problem: Problem): ReturnType<typeof checkShapes> {
  return { plugins: [], problems: [problem] };
}

function checkValue(value: unknown, index: number): Problem[] {
  const place = `plugin ${index + 1} of the list`;
  if (value instanceof Promise)
    return [{ what: `${place} is a promise`, cause: 'plugins are plain values', cure: 'Await it before createNode' }];
  if (Array.isArray(value)) return [{ what: `${place} is a list`, cause: 'lists of plugins are not nested', cure: 'Spread it: [...list]' }];
  if (typeof value === 'function')
    return [
      {
        what: `${place} is a function`,
        cause: `the factory ${value.name || '(anonymous)'} was passed and not called`,
        cure: `Call it: ${value.name || 'factory'}()`,
      },
    ];
  if (!isObject(value))
    return [
      {
        what: `${place} is ${kindOf(value)}`,
        cause: 'a plugin is a value made by definePlugin',
        cure: 'Leave it out, or pass what definePlugin returned',
      },
    ];
  return [...checkName(value, place), ...checkContract(value, place), ...checkLists(value, place), ...checkTables(value)];
}

function checkName(value: Unknowns, place: string): Problem[] {
  if (isName(value.name)) return [];
  if (typeof value.name === 'string' && value.name !== '')
    return [
      {
        what: `the name ${JSON.stringify(value.name)} of ${place} cannot be used`,
        cause:
          'it begins or ends with a space, or has a line break or another control character, and stands in health, counters and messages',
        cure: 'Give definePlugin the name of its package',
      },
    ];
  return [{ what: `${place} has no name`, cause: `its name is ${kindOf(value.name)}`, cure: 'Give definePlugin the name of its package' }];
}

function checkContract(value: Unknowns, place: string): Problem[] {
  const who = nameOf(value, place);
  const { contract } = value;
  if (contract === CONTRACT) return [];
  const cause = `it speaks contract ${String(contract)} and this core speaks ${CONTRACT}`;
  if (!Number.isInteger(contract))
    return [
      {
        what: `${who} has no contract version`,
        cause: `its contract is ${kindOf(contract)} ${String(contract)}`,
        cure: `Make it with definePlugin, which says contract ${CONTRACT}`,
      },
    ];
  if ((contract as number) > CONTRACT)
    return [
      { what: `${who} is too new`, cause, cure: 'Update @heddle/core to the version that the plugin asks for, or take an older plugin' },
    ];
  return [{ what: `${who} is too old`, cause, cure: `Update the plugin to a version for contract ${CONTRACT}` }];
}

function checkLists(value: Unknowns, place: string): Problem[] {
  const who = nameOf(value, place);
  const problems: Problem[] = [];
  if (!Array.isArray(value.provides))
    problems.push({
      what: `${who} has no list of services`,
      cause: `provides is ${kindOf(value.provides)}`,
      cure: 'Write provides: [provide(token, needs, create)]',
    });
  else problems.push(...value.provides.flatMap((it, index) => checkProvision(it, `service ${index + 1} of ${who}`)));
  if (value.offers !== undefined && !isListOf(value.offers, (it) => typeof it === 'string'))
    problems.push({
      what: `the offers of ${who} are not a list of names`,
      cause: `offers is ${kindOf(value.offers)}`,
      cure: "Write offers: ['stack.tcp']",
    });
  if (value.requires !== undefined && !isListOf(value.requires, isRequirement))
    problems.push({
      what: `the requirements of ${who} are malformed`,
      cause: 'each has a capability, a because and a cure, all texts',
      cure: "Write requires: [{ capability: 'stack.tcp', because: '…', cure: '…' }]",
    });
  if (value.deadline !== undefined && !(typeof value.deadline === 'number' && value.deadline > 0))
    problems.push({
      what: `the deadline of ${who} is not a time`,
      cause: `it is ${String(value.deadline)}`,
      cure: 'Give milliseconds above 0, or leave it out',
    });
  return problems;
}

function checkProvision(value: unknown, which: string): Problem[] {
  const cure = 'Make it with provide(token, needs, create), and look for imports that go in a circle';
  if (!isObject(value)) return [{ what: `${which} is ${kindOf(value)}`, cause: 'it is not what provide returns', cure }];
  if (!isToken(value.token)) return [{ what: `${which} has no token`, cause: `its token is ${kindOf(value.token)}`, cure }];
  if (typeof value.create !== 'function') return [{ what: `${which} has no factory`, cause: `create is ${kindOf(value.create)}`, cure }];
  if (value.scheme !== undefined && typeof value.scheme !== 'string')
    return [
      {
        what: `the scheme of ${which} is not a text`,
        cause: `it is ${kindOf(value.scheme)}`,
        cure: 'Make it with provideBind(scheme, needs, create)',
      },
    ];
  const step = ['start', 'stop', 'health'].find((name) => !isMissingOrFunction((value.lifecycle as Unknowns | undefined)?.[name]));
  if (step !== undefined)
    return [
      {
        what: `the lifecycle of ${which} cannot be used`,
        cause: `${step} is ${kindOf((value.lifecycle as Unknowns)[step])}`,
        cure: 'Give functions: { start, stop, health }, or leave it out',
      },
    ];
  if (!Array.isArray(value.needs)) return [{ what: `${which} has no list of needs`, cause: `needs is ${kindOf(value.needs)}`, cure }];
  const bad = value.needs.findIndex((need) => !isNeed(need));
  if (bad < 0) return [];
  return [
    {
      what: `need ${bad + 1} of ${which} is not a token`,
      cause: `it is ${kindOf(value.needs[bad])}`,
      cure: 'Write a token, optional(token) or all(token), and look for imports that go in a circle',
    },
  ];
}

function checkTables(value: Unknowns): Problem[] {
  const who = nameOf(value, 'a plugin');
  const drops = isTable(value.drops, isText)
    ? Object.keys(value.drops ?? {}).flatMap((reason) => checkReason(reason, who))
    : [malformed(`the drop reasons of ${who}`, value.drops, "Write drops: { 'queue-full': 'what that means' }")];
  const errors = isTable(value.errors, isErrorEntry)
    ? Object.keys(value.errors ?? {}).flatMap((code) => checkCode(code, who))
    : [malformed(`the error codes of ${who}`, value.errors, "Write errors: { ACME_PORT_BUSY: { says: '…', cure: '…' } }")];
  return [...drops, ...errors];
}

function malformed(what: string, table: unknown, cure: string): Problem {
  const cause = isObject(table) ? 'an entry of the table is not what it must be' : `the table is ${kindOf(table)}`;
  return { what: `${what} are malformed`, cause, cure };
}

function checkReason(reason: string, who: string): Problem[] {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(reason))
    return [
      {
        what: `${who} declares the drop reason "${reason}"`,
        cause: 'reasons are written in kebab-case',
        cure: 'Rename it, such as queue-full',
      },
    ];
  if (!Object.hasOwn(DROP_REASONS, reason)) return [];
  return [
    {
      what: `${who} declares the drop reason "${reason}"`,
      cause: 'core counts under this name itself',
      cure: 'Count under core’s reason without declaring it, or choose another name',
    },
  ];
}

function checkCode(code: string, who: string): Problem[] {
  if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code))
    return [
      {
        what: `${who} declares the error code "${code}"`,
        cause: 'codes are written in capitals with underscores',
        cure: 'Rename it, such as ACME_PORT_BUSY',
      },
    ];
  if (!Object.hasOwn(ERRORS, code)) return [];
  return [
    {
      what: `${who} declares the error code ${code}`,
      cause: 'core has it already',
      cure: 'Throw core’s code without declaring it, or choose another one',
    },
  ];
}

/** The plugin without what cannot be read, so that the rest of it is checked too. One without faults is the same value. */
function readable(plugin: Plugin): Plugin {
  if (checkLists(plugin as unknown as Unknowns, '').length === 0) return plugin;
  const { offers, requires, ...rest } = plugin;
  return {
    ...rest,
    provides: plugin.provides.filter((provision) => checkProvision(provision, '').length === 0),
    ...(isListOf(offers, (it) => typeof it === 'string') && { offers: offers! }),
    ...(isListOf(requires, isRequirement) && { requires: requires! }),
  };
}

function namedAndListed(value: Unknowns): boolean {
  return checkName(value, '').length === 0 && Array.isArray(value.provides);
}

function nameOf(value: Unknowns, otherwise: string): string {
  return isName(value.name) ? value.name : otherwise;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.trim() === value && !/\p{Cc}/u.test(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isMissingOrFunction(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'function';
}

/** Nothing, or an object whose every value is as it must be. */
function isTable(value: unknown, each: (it: unknown) => boolean): boolean {
  return value === undefined || value === null || (isObject(value) && Object.values(value).every(each));
}

function isErrorEntry(value: unknown): boolean {
  return isObject(value) && isText(value.says) && isText(value.cure);
}

function isObject(value: unknown): value is Unknowns {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Promise);
}

function isListOf(value: unknown, each: (it: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(each);
}

function isRequirement(value: unknown): boolean {
  return isObject(value) && [value.capability, value.because, value.cure].every(isText);
}

function isToken(value: unknown): boolean {
  return isObject(value) && typeof value.id === 'symbol' && typeof value.name === 'string';
}

function isNeed(value: unknown): boolean {
  return isObject(value) && isToken(tokenOf(value as unknown as Need));
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value === '') return 'an empty text';
  return value instanceof Promise ? 'a promise' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}
