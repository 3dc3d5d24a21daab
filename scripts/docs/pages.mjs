import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages, ROOT } from '../workspace.mjs';
import { loadSource } from './load-source.mjs';

/** Where a package keeps its table of error codes, under a name that ends in ERRORS. */
const ERROR_FILES = ['errors/codes.ts', 'errors.ts'];

/**
 * The generated pages, each with its text.
 * @returns {Promise<{ pages: Map<string, string>, codes: string[] }>}
 */
export async function generatedPages() {
  const core = (/** @type {string} */ path) => loadSource(`packages/core/src/${path}`);
  const { errorsDocument, dropsDocument, limitsDocument } = await core('errors/document.ts');
  const { DROP_REASONS } = await core('drops/reasons.ts');
  const { DEFAULT_LIMITS } = await core('limits/limits.ts');
  const { LIMIT_TEXTS } = await core('limits/limit-texts.ts');
  const rules = await rulesPage();
  const errors = await errorTable();
  const pages = new Map([
    ['docs/errors.md', errorsDocument(errors)],
    ['docs/drops.md', dropsDocument(DROP_REASONS)],
    ['docs/limits.md', limitsDocument(DEFAULT_LIMITS, LIMIT_TEXTS)],
    ['docs/rules.md', rules],
    ['docs/metrics.md', await metricsPage(core)],
  ]);
  return { pages, codes: Object.keys(errors) };
}

/** The parts that show numbers of their own: package, and by plugin what gives its families. */
const PARTS = /** @type {const} */ ([
  ['stack-netstack', { '@heddle/stack-netstack': 'netstackCounters' }],
  ['transport-udp', { '@heddle/transport-udp': 'udpCounters' }],
  ['transport-derp', { '@heddle/transport-derp': 'derpCounters' }],
  ['path-disco', { '@heddle/path-disco': 'discoCounters' }],
  ['control-ts2021', { '@heddle/control-ts2021': 'ts2021Counters' }],
  [
    'funnel',
    {
      '@heddle/funnel': 'serveCounters',
      '@heddle/funnel/ingress': 'ingressCounters',
      '@heddle/funnel/own-certificates': 'certificateCounters',
      '@heddle/funnel/acme-certificates': 'certificateCounters',
    },
  ],
]);

/** The conformance rules of the four contracts. */
async function rulesPage() {
  const { rulesDocument, bindRules, stackRules, controlRules, pathSelectorRules } = await loadSource('packages/testing/src/index.ts');
  const chapters = [
    ['Rules of a Bind', bindRules],
    ['Rules of a Stack', stackRules],
    ['Rules of a Control', controlRules],
    ['Rules of a PathSelector', pathSelectorRules],
  ];
  const text = chapters.map(([title, rules]) => rulesDocument(title, rules)).join('\n');
  return `# Conformance rules\n\n<!-- Generated from packages/testing/src/rules: change those, not this file. -->\n\n${text}`;
}

/**
 * Written by hand but for the tables of names, each of which stands between two marks.
 * @param {(path: string) => Promise<any>} core
 */
async function metricsPage(core) {
  const { ownCounters } = await core('data-plane/own-counters.ts');
  const { metricsTable, partsTable } = await loadSource('packages/metrics/src/document.ts');
  const page = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');
  const parts = (await Promise.all(PARTS.map(shownBy))).flat();
  return between(between(page, 'names', metricsTable(ownCounters({}, {}))), 'parts', partsTable(parts));
}

/**
 * Families by plugin. Nothing of them is read, so there need be no part.
 * @param {(typeof PARTS)[number]} part
 */
async function shownBy([folder, plugins]) {
  const module = await loadSource(`packages/${folder}/src/counters.ts`);
  return Object.entries(plugins).map(([plugin, name]) => [plugin, module[name]({})]);
}

/**
 * @param {string} page
 * @param {string} mark
 * @param {string} text what stands between the two marks
 */
function between(page, mark, text) {
  const place = new RegExp(`(<!-- ${mark}:[^>]*-->\\n)[\\s\\S]*(\\n<!-- end of ${mark} -->)`);
  return page.replace(place, (_, begin, end) => `${begin}\n${text}\n${end}`);
}

/** All codes of all packages; core's come first. */
async function errorTable() {
  const folders = publicPackages().map(({ folder }) => folder);
  const ordered = ['packages/core', ...folders.filter((folder) => folder !== 'packages/core')];
  const files = ordered.flatMap((folder) => ERROR_FILES.map((file) => `${folder}/src/${file}`));
  const modules = await Promise.all(files.filter((file) => existsSync(join(ROOT, file))).map(loadSource));
  const tables = modules.flatMap((exported) => Object.entries(exported).filter(([name]) => name.endsWith('ERRORS')));
  const entries = tables.flatMap(([, table]) => Object.entries(table));
  const poor = entries.find(([, entry]) => typeof entry?.says !== 'string' || typeof entry?.cure !== 'string');
  if (poor !== undefined) throw new Error(`${poor[0]} has to be an entry { says, cure } in its table`);
  return Object.fromEntries(entries);
}
