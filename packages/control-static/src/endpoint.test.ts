import { describe, expect, test } from 'vitest';
import { formatEndpoint, parseEndpoint } from './endpoint.js';

describe('an endpoint', () => {
  test.each([
    ['2.0.2.1:05', 'udp:2.0.2.1:5'],
    ['udp:2.0.2.1:05', 'udp:2.0.2.1:5'],
    ['udp:[2001:DB8:0::1]:1', 'udp:[2001:db8::1]:1'],
    ['udp:name:5', 'udp:name:5'],
    ['mem:b', 'mem:b'],
  ])('%j is the remote %j, and the same again when it was written', (text, remote) => {
    expect(parseEndpoint(text)).toEqual({ remote });
    expect(parseEndpoint(formatEndpoint({ remote }))).toEqual({ remote });
  });
});
