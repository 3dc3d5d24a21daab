import { expect, test } from 'vitest';
import { defaultGateway } from './route-table.js';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
const row = (name: string, gateway: string, metric = 0, flags = '0003', destination = '00000000', mask = '00000000'): string =>
  `${name}\t${destination}\t${gateway}\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0   \n`;

test('the default gateway is read as Linux writes it', () => {
  const text = HEAD + row('eth0', '0101A8C0', 100) + row('eth0', '00000000', 100, '0001', '0001A8C0', '00FFFFFF');
  expect(defaultGateway(text)).toEqual({ address: '192.168.1.1', interface: 'eth0' });
});

test('of several the smallest metric counts, and of equal ones the first', () => {
  const text = HEAD + row('wlan0', '0100000A', 600) + row('eth0', '0101A8C0', 100) + row('eth1', '0201A8C0', 100);
  expect(defaultGateway(text)?.interface).toBe('eth0');
});

test('routes that are down, without gateway, not default, or through a public address are none', () => {
  for (const line of [
    row('eth0', '0101A8C0', 0, '0002'),
    row('eth0', '00000000', 0, '0001'),
    row('eth0', '0101A8C0', 0, '0003', '00000A0A'),
    row('eth0', '010200C0', 0, '0003'),
    row('eth0', 'zzzzzzzz'),
    row('eth0', '0101A8C0', Number.NaN),
    'eth0\t00000000',
    '',
  ])
    expect([line, defaultGateway(HEAD + line)]).toEqual([line, undefined]);
  expect(defaultGateway(HEAD + row('ppp0', '01004064'))?.address).toBe('100.64.0.1');
  expect(defaultGateway(HEAD + row('eth0', '010010AC'))?.address).toBe('172.16.0.1');
  expect(defaultGateway(HEAD + row('eth0', '010020AC'))).toBeUndefined();
});
