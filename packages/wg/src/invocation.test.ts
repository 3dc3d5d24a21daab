import { describe, expect, test } from 'vitest';
import { readInvocation } from './invocation.js';

describe('the command line', () => {
  test('a name alone asks for a daemon that logs errors', () => {
    expect(readInvocation(['wg0'], {})).toEqual({ interfaceName: 'wg0', foreground: false, logLevel: 'error' });
  });

  test.each([
    { args: ['-f', 'wg0'], environment: {} },
    { args: ['--foreground', 'wg0'], environment: {} },
    { args: ['wg0'], environment: { WG_PROCESS_FOREGROUND: '1' } },
  ])('$args with $environment stays in the foreground', ({ args, environment }) => {
    expect(readInvocation(args, environment)).toMatchObject({ interfaceName: 'wg0', foreground: true });
  });

  test.each([
    ['verbose', 'verbose'],
    ['debug', 'verbose'],
    ['silent', 'silent'],
    ['error', 'error'],
    ['whatever', 'error'],
  ])('LOG_LEVEL=%s is %s', (LOG_LEVEL, logLevel) => {
    expect(readInvocation(['wg0'], { LOG_LEVEL })).toMatchObject({ logLevel });
  });

  test('descriptors come from the environment, and must be numbers', () => {
    expect(readInvocation(['wg0'], { WG_TUN_FD: '7', WG_UAPI_FD: '8' })).toMatchObject({ tunFd: 7, uapiFd: 8 });
    expect(readInvocation(['wg0'], { WG_TUN_FD: 'x' })).toMatchObject({ wrong: expect.stringContaining('WG_TUN_FD') });
  });

  test.each([[[]], [['-f']], [['wg0', 'wg1']], [['-x']], [['a/b']], [['..']], [['sixteen-letters-']], [['a b']], [['']]])(
    '%j is refused',
    (args) => {
      expect(readInvocation(args, {})).toHaveProperty('wrong');
    },
  );

  test('--version and --help are answered', () => {
    expect(readInvocation(['--version'], {})).toEqual({ show: 'version' });
    expect(readInvocation(['--help'], {})).toEqual({ show: 'usage' });
  });
});
