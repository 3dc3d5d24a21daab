import { CompositionError, createNode, definePlugin, type Plugin, provideStack } from '@heddle/core';
import { memoryStack } from '@heddle/testing';
import { describe, expect, test } from 'vitest';
import { ownCertificates } from '../node/own-certificates.js';
import { serve } from '../node/serve-plugin.js';
import { funnel } from './funnel-plugin.js';

/** A Stack that says that it can do all this; nothing of it is ever built. */
const stackWith = (...offers: readonly string[]): Plugin =>
  definePlugin({ name: 'stack', offers, provides: [provideStack([], () => expect.unreachable())] });

/** What is wrong with a composition, before anything of it is made. */
function problems(...plugins: readonly Plugin[]): string[] {
  try {
    createNode({}, plugins);
  } catch (error) {
    return (error as CompositionError).problems.map(({ what, cause, cure }) => `${what}; ${cause}; ${cure}`);
  }
  return [];
}

describe('a composition in which visitors could not come in is refused before start, with cause and cure', () => {
  const able = stackWith('stack.tcp', 'stack.intercept');
  const served = serve({ ports: { 443: { tcp: 3000 } } });

  test('with a Stack that intercepts, certificates and something that serves it is taken', () => {
    expect(problems(able, ownCertificates({}), served, funnel())).toEqual([]);
  });

  test('over a Stack without interception', () => {
    expect(problems(memoryStack(), ownCertificates({}), served, funnel()).join('\n')).toMatch(
      /funnel.*stack\.intercept.*visitors come to a port.*netstack\(\)/,
    );
  });

  test('without a source of certificates', () => {
    expect(problems(able, served, funnel()).join('\n')).toMatch(
      /tls\.certificates.*visitors from the internet come with TLS.*ownCertificates/,
    );
  });

  test('without anything that serves', () => {
    expect(problems(able, ownCertificates({}), funnel()).join('\n')).toMatch(/funnel\.visitors.*serves nothing itself.*serve\(\)/);
  });

  test('an error of composition, which lists all of it at once', () => {
    expect(() => createNode({}, [memoryStack(), funnel()])).toThrow(CompositionError);
    expect(problems(memoryStack(), funnel()).length).toBeGreaterThanOrEqual(3);
  });
});
