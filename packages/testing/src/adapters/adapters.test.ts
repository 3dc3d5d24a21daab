import { EventEmitter } from 'node:events';
import nodeTest from 'node:test';
import { describe, expect, test } from 'vitest';
import { bindRules } from '../rules/bind/rules.js';
import { controlRules } from '../rules/control/rules.js';
import { Exchange, GoodBind } from '../rules/mutants/good-bind.js';
import { pathSelectorRules } from '../rules/path-selector/rules.js';
import { stackRules } from '../rules/stack/rules.js';
import { type NodeProcess, nodeHost, nodeTime } from './node-host.js';
import { rulesDocument } from './rules-document.js';
import { runRules, type TestFunction } from './run-rules.js';

/** A process whose events the test sends itself. */
function stage(): NodeProcess & EventEmitter {
  return Object.assign(new EventEmitter(), { getBuiltinModule: (id: string) => process.getBuiltinModule(id) });
}

describe('runRules', () => {
  test('makes one test of each rule, named by its id and its promise', () => {
    const names: string[] = [];
    runRules((name) => names.push(name), bindRules, { make: () => Promise.reject(new Error('not made')) });
    expect(names).toEqual(bindRules.map(({ id, says }) => `${id}: ${says}`));
  });

  test('takes the test function of vitest and of node:test as it is', () => {
    const runners: TestFunction[] = [test, nodeTest];
    expect(runners).toHaveLength(2);
  });
});

describe('nodeHost', () => {
  test('shows a rejection that nobody handled as a fault of the rule', async () => {
    const process = stage();
    class Careless extends GoodBind {
      protected override letGo(): void {
        super.letGo();
        process.emit('unhandledRejection', new Error('socket closed'));
      }
    }
    const exchange = new Exchange();
    const harness = { host: nodeHost(process), make: () => ({ a: new Careless(exchange, 'a'), b: new Careless(exchange, 'b') }) };
    const rule = bindRules.find(({ id }) => id === 'bind/close-resolves')!;
    await expect(rule.run(harness)).rejects.toThrow('a fault reached the process (unhandled): socket closed');
    expect(process.listenerCount('unhandledRejection'), 'it stopped listening').toBe(0);
  });

  test('counts promises while it is asked to, and no longer', () => {
    const end = nodeHost(process).countAsync();
    for (let i = 0; i < 10; i++) void Promise.resolve(i);
    expect(end()).toBe(10);
    void Promise.resolve();
    expect(end()).toBe(10);
  });

  test('tells which timers of a call, and of what follows from it, are still open', async () => {
    const host = nodeHost(process);
    const watch = host.watchHandles!();
    const timers = watch.run(() => [setTimeout(() => {}, 60_000), setTimeout(() => {}, 60_000).unref()]);
    const others = setTimeout(() => {}, 60_000);
    await watch.run(async () => {
      await host.turn();
      timers.push(setInterval(() => {}, 60_000));
    });
    expect(watch.left()).toEqual(['Timeout', 'Timeout']);
    for (const timer of [...timers, others]) clearTimeout(timer);
    for (let turn = 0; turn < 50 && watch.left().length > 0; turn++) await host.turn();
    expect(watch.left()).toEqual([]);
    watch.end();
  });
});

test('nodeTime runs a timer in time, and not when it was cancelled', async () => {
  const time = nodeTime(process, 5);
  const ran: string[] = [];
  time.clock.at(time.clock.now() + 1, () => ran.push('first'));
  time.clock.at(time.clock.now() + 1, () => ran.push('cancelled'))();
  time.clock.at(Number.POSITIVE_INFINITY, () => ran.push('never'));
  for (let round = 0; round < time.patience && ran.length === 0; round++) await time.settle();
  expect(ran).toEqual(['first']);
});

describe('the rules as a document', () => {
  const all = [...bindRules, ...stackRules, ...controlRules, ...pathSelectorRules];

  test('name every rule with its promise and its reason', () => {
    const text = rulesDocument('Bind', bindRules);
    for (const { id, says, why } of bindRules) expect(text).toContain(`### ${id}\n\n${says}\n\n*Why:* ${why}\n`);
  });

  test('are sentences', () => {
    for (const { says, why } of all) {
      expect(says).toMatch(/^[\p{Lu}a-z].*[.]$/u);
      expect(why).toMatch(/^\p{Lu}.*[.]$/u);
    }
  });
});
