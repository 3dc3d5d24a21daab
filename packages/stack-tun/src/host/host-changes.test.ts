import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunCommand } from './command.js';
import { HostChanges } from './host-changes.js';
import { ownIdentity } from './process-identity.js';

const CONFIG = { addresses: ['10.0.0.1/24'], routes: ['10.0.0.0/24'], mtu: 1420 };
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** ip(8) with a table of rules: it refuses one that is there, and remembers each line with what the journal said then. */
class Ip {
  readonly rules = new Set<string>();
  readonly lines: string[] = [];
  readonly journals: string[] = [];
  refuses: RegExp | undefined;

  constructor(readonly folder: string) {}

  readonly run: RunCommand = async (argv, input = '') => {
    if (argv.includes('show'))
      return { code: 0, output: [...this.rules].map((rule) => `${rule.split(' ')[1]}: from all`).join('\n'), errors: '' };
    this.journals.push(await textIn(this.folder));
    const force = argv.includes('-force');
    for (const [i, line] of input.trimEnd().split('\n').entries()) {
      const says = this.#one(line);
      if (says !== undefined && !force) return { code: 1, output: '', errors: `${says}\nCommand failed -:${i + 1}` };
    }
    return { code: argv[0] === 'ip' ? 0 : undefined, output: '', errors: '' };
  };

  #one(line: string): string | undefined {
    this.lines.push(line);
    if (this.refuses?.test(line)) return 'RTNETLINK answers: Operation not permitted';
    const [, verb, rule] = /^rule (add|del) (.*)$/.exec(line) ?? [];
    if (rule === undefined) return undefined;
    if (verb === 'add' && this.rules.has(rule)) return 'RTNETLINK answers: File exists';
    if (verb === 'add') this.rules.add(rule);
    else this.rules.delete(rule);
    return undefined;
  }
}

async function textIn(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('');
}

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'heddle-journal-')), 'tun');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

function node(ip: Ip): HostChanges {
  return new HostChanges({ folder, mark: 0x80000, run: ip.run, log });
}

describe('changes of the machine', () => {
  test('are written down before they are made, for the owner only, and erased when they are undone', async () => {
    const ip = new Ip(folder);
    const changes = node(ip);
    await changes.apply('wg0', CONFIG);
    expect(ip.journals[0]).toContain('"rule","add","priority","5003","lookup","5000"');
    const [name = ''] = await readdir(folder);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await changes.undo();
    expect(ip.rules.size).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  test('are no more than the difference to those before', async () => {
    const ip = new Ip(folder);
    const changes = node(ip);
    await changes.apply('wg0', CONFIG);
    ip.lines.length = 0;
    await changes.apply('wg0', { ...CONFIG, routes: ['10.1.0.0/16'] });
    expect(ip.lines).toEqual(['route del 10.0.0.0/24 dev wg0 table 5000', 'route replace 10.1.0.0/16 dev wg0 table 5000']);
    ip.lines.length = 0;
    await changes.apply('wg0', { ...CONFIG, routes: ['10.1.0.0/16'] });
    expect(ip.lines).toEqual([]);
  });

  test('that the system refuses are taken back, and the error names the command and the answer', async () => {
    const ip = new Ip(folder);
    ip.refuses = /^route replace/;
    const failing = node(ip).apply('wg0', CONFIG);
    await expect(failing).rejects.toMatchObject({ code: 'HEDDLE_TUN_HOST' });
    await expect(failing).rejects.toThrow(
      '"ip -4 route replace 10.0.0.0/24 dev wg0 table 5000" failed: RTNETLINK answers: Operation not permitted',
    );
    expect(ip.rules.size).toBe(0);
    expect(ip.lines).toContain('address del 10.0.0.1/24 dev wg0');
  });

  test('of two nodes on one machine do not meet', async () => {
    const ip = new Ip(folder);
    const [one, other] = [node(ip), node(ip)];
    await one.apply('wg0', CONFIG);
    const rules = new Set(ip.rules);
    await other.apply('wg1', CONFIG);
    await other.undo();
    expect(ip.rules).toEqual(rules);
  });

  test('of two nodes that start at the same moment do not meet either', async () => {
    const ip = new Ip(folder);
    await Promise.all([node(ip).apply('wg0', CONFIG), node(ip).apply('wg1', CONFIG)]);
    expect(ip.rules.size).toBe(8);
    expect([...ip.rules].filter((rule) => rule.includes('lookup 50'))).toHaveLength(2);
  });

  test('of a killed node are taken back at the next start, but for what went with its interface (F13)', async () => {
    const ip = new Ip(folder);
    await node(ip).apply('wg0', CONFIG);
    await rewrite((text) => text.replace(/"startedAt":"\d+"/, '"startedAt":"1"'));
    ip.lines.length = 0;
    await node(ip).recover();
    expect(ip.rules.size).toBe(0);
    expect(ip.lines.every((line) => line.startsWith('rule del'))).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['of a living node', (text: string) => text],
    ['in another network namespace', (text: string) => text.replace(/net:\[\d+\]/, 'net:[1]')],
  ])('%s are left alone', async (_, change) => {
    const ip = new Ip(folder);
    await node(ip).apply('wg0', CONFIG);
    await rewrite(change);
    const { size } = ip.rules;
    await node(ip).recover();
    expect(ip.rules.size).toBe(size);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('from before the last boot are gone, and only their record is removed', async () => {
    const ip = new Ip(folder);
    await node(ip).apply('wg0', CONFIG);
    await rewrite((text) => text.replace(ownIdentity().boot, 'another'));
    ip.lines.length = 0;
    await node(ip).recover();
    expect(ip.lines).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('are not made when control sends something else than addresses', async () => {
    const ip = new Ip(folder);
    await expect(node(ip).apply('wg0', { ...CONFIG, routes: ['10.0.0.0/8 dev eth0'] })).rejects.toMatchObject({ code: 'HEDDLE_TUN_HOST' });
    expect(ip.lines).toEqual([]);
  });
});

async function rewrite(change: (text: string) => string): Promise<void> {
  for (const name of await readdir(folder)) await writeFile(join(folder, name), change(await readFile(join(folder, name), 'utf8')));
}
