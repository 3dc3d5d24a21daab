import { parseAddress, parsePrefix } from '@heddle/wire';

type Check = (value: unknown) => boolean;
type Members = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isTable: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlace: Check = (value) => typeof value === 'string' && (parseAddress(value) !== undefined || parsePrefix(value) !== undefined);
const isApp: Check = (value) => isTable(value) && Object.values(value as object).every(Array.isArray);

const RULE: Members = { src: isTexts, dst: isTexts, proto: (value) => value === undefined || isText(value) };
const GRANT: Members = { src: isTexts, dst: isTexts, app: isApp };
const ATTRIBUTE: Members = { target: isTexts, attr: isTexts };

/** What is wrong with the form of a policy, which a person wrote; undefined: nothing. What its texts mean is read later. */
export function policyFault(policy: unknown): string | undefined {
  if (!isTable(policy)) return `it is ${quoted(policy)}, and no object`;
  const { acls, grants = [], nodeAttrs = [], groups = {}, hosts = {} } = policy as Readonly<Record<string, unknown>>;
  return (
    tableFault('groups', groups, isTexts, 'list of login names') ??
    tableFault('hosts', hosts, isPlace, 'address or prefix') ??
    listFault('acls', acls, RULE) ??
    listFault('grants', grants, GRANT) ??
    listFault('nodeAttrs', nodeAttrs, ATTRIBUTE)
  );
}

function tableFault(name: string, table: unknown, check: Check, what: string): string | undefined {
  if (!isTable(table)) return `\`${name}\` is ${quoted(table)}, and no object`;
  const wrong = Object.entries(table as object).find(([, value]) => !check(value));
  return wrong && `"${wrong[0]}" of \`${name}\` is ${quoted(wrong[1])}, and no ${what}`;
}

function listFault(name: string, list: unknown, members: Members): string | undefined {
  if (!Array.isArray(list)) return `\`${name}\` is no list of rules`;
  for (const [i, rule] of list.entries()) {
    if (!isTable(rule)) return `rule ${i + 1} of \`${name}\` is ${quoted(rule)}, and no object`;
    const wrong = Object.keys(members).find((member) => !members[member]!(rule[member]));
    if (wrong !== undefined) return `\`${wrong}\` of rule ${i + 1} of \`${name}\` cannot be ${quoted(rule[wrong])}`;
  }
  return undefined;
}

function quoted(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
