import { posix } from 'node:path';
import { isTest } from '../files.mjs';
import { INSIDERS, NODE_BAN, NODE_ROOMS, ONLY_FOR_TESTS, OTHERS, OURS, TESTED_WITHOUT_KIT } from './import-table.mjs';

/**
 * @typedef {import('../workspace.mjs').Manifest} Manifest
 * @typedef {object} Place where an import stands
 * @property {string} path of the file, from the root
 * @property {string} home the folder of its package (packages/core), or the top folder (lab)
 * @property {Manifest | undefined} manifest of its package
 * @property {ReadonlySet<string>} published every name that our packages publish
 */

/** Packages and tools that only tests may import. */
const TEST_TOOLS = /^(vitest|fast-check)$/;

/**
 * Says what is wrong with an import, rule by rule.
 * @param {string} specifier
 * @param {Place} place
 * @returns {{ rule: string, why: string }[]}
 */
export function judgeImport(specifier, place) {
  if (specifier.startsWith('.')) return relative(specifier, place);
  if (specifier.startsWith('node:')) return nodeBuiltin(specifier, place);
  return specifier.startsWith('@heddle/') ? ours(specifier, place) : others(specifier, place);
}

/**
 * @param {string} specifier
 * @param {Place} place
 */
function relative(specifier, { path, home }) {
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith(`${home}/`) || INSIDERS.includes(home)) return [];
  if (!/^(packages|examples)\//.test(target) && !/^(packages|examples)\//.test(home)) return [];
  return [
    { rule: `${specifier} leaves ${home}`, why: 'across packages only published names count; what is inside may change at any time' },
  ];
}

/**
 * @param {string} specifier
 * @param {Place} place
 */
function nodeBuiltin(specifier, { path, home }) {
  const free =
    !path.startsWith(`${home}/src/`) || !home.startsWith('packages/') || isTest(path) || NODE_ROOMS.some(({ room }) => room.test(path));
  return free ? [] : [{ rule: `${specifier} in ${home}`, why: NODE_BAN }];
}

/**
 * @param {string} specifier
 * @param {Place} place
 */
function ours(specifier, place) {
  const problems = [];
  if (!place.published.has(specifier)) problems.push({ rule: `${specifier} is not published`, why: 'only names in "exports" are' });
  if (!place.home.startsWith('packages/')) return problems;
  const from = place.home.slice('packages/'.length);
  const to = specifier.split('/')[1] ?? '';
  const compares = isTest(place.path) && specifier in (place.manifest?.devDependencies ?? {});
  if (from !== to && !compares && !mayImport(from, to, isTest(place.path)))
    problems.push({ rule: `${from} may not import ${to}`, why: reason(from, to) });
  return from === to ? problems : [...problems, ...undeclared(specifier, place)];
}

/**
 * @param {string} from
 * @param {string} to
 * @param {boolean} test
 */
function mayImport(from, to, test) {
  const may = OURS.find(({ of }) => of.test(from))?.may ?? [];
  if (may.includes(to)) return true;
  return ONLY_FOR_TESTS.includes(to) ? test && !TESTED_WITHOUT_KIT.includes(from) : may.includes('*');
}

/**
 * @param {string} from
 * @param {string} to
 */
function reason(from, to) {
  if (ONLY_FOR_TESTS.includes(to)) return 'testing and devnet never reach a production package, and stand above crypto, wire and wireguard';
  return OURS.find(({ of }) => of.test(from))?.why ?? 'the package has no row in scripts/rules/import-table.mjs';
}

/**
 * @param {string} specifier
 * @param {Place} place
 */
function others(specifier, place) {
  const banned = OTHERS.filter(({ what, except }) => what.test(specifier) && !except.some((room) => room.test(place.path)));
  const problems = banned.map(({ why }) => ({ rule: `${specifier} in ${place.home}`, why }));
  return [...problems, ...undeclared(specifier, place)];
}

/**
 * What is not declared is packed into the package as a private copy, or is missing where it is installed.
 * @param {string} specifier
 * @param {Place} place
 */
function undeclared(specifier, { path, home, manifest }) {
  if (manifest === undefined || !home.startsWith('packages/')) return [];
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  if (name in declared || manifest.bundled?.includes(name)) return [];
  const forTests = TEST_TOOLS.test(name) || name === '@heddle/testing' || name in (manifest.devDependencies ?? {});
  if ((isTest(path) || !path.startsWith(`${home}/src/`)) && forTests) return [];
  return [
    {
      rule: `${name} is not declared`,
      why: `what ${home} imports stands in its dependencies, peerDependencies or, where it is packed in, bundled`,
    },
  ];
}
