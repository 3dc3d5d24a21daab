import { expect, test } from 'vitest';
import { droppedIn } from './link-counters.js';

const TEXT = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  tun0: 1234567    1000    0    3    0     0          0         0  7654321    2000    0 2001    0     0       0          0
`;

test('what found the queue of an interface full is read from the counters of its namespace', () => {
  expect(droppedIn(TEXT, 'tun0')).toBe(2001);
});

test('an interface that is not there has dropped nothing', () => {
  expect(droppedIn(TEXT, 'un0')).toBe(0);
  expect(droppedIn('', 'tun0')).toBe(0);
});
