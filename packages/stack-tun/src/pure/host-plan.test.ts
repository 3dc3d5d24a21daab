import { describe, expect, test } from 'vitest';
import { firstUnfit, planSteps, stepKey } from './host-plan.js';

const CONFIG = { addresses: ['10.0.0.1/24'], routes: ['10.0.0.0/24'], mtu: 1420 };

function lines(config: Parameters<typeof firstUnfit>[0], slot = 0): string[] {
  return planSteps({ link: 'wg0', config, mark: 0x80000, slot }).map(stepKey);
}

describe('the plan of what is changed', () => {
  test('is the interface, its addresses, routes in a table of ours, and rules that keep own packets out', () => {
    expect(lines(CONFIG)).toEqual([
      '4 link set dev wg0 mtu 1420 up',
      '4 address replace 10.0.0.1/24 dev wg0',
      '4 route replace 10.0.0.0/24 dev wg0 table 5000',
      '4 rule add priority 5000 fwmark 0x80000/0xff0000 lookup main',
      '4 rule add priority 5001 fwmark 0x80000/0xff0000 lookup default',
      '4 rule add priority 5002 fwmark 0x80000/0xff0000 unreachable',
      '4 rule add priority 5003 lookup 5000',
    ]);
  });

  test('with a default route prefers the local network to it, and the other routes of the tunnel to that', () => {
    const rules = lines({ ...CONFIG, routes: ['0.0.0.0/0', '10.9.0.0/16'] }).slice(2);
    expect(rules.filter((line) => !line.includes('fwmark'))).toEqual([
      '4 route replace 0.0.0.0/0 dev wg0 table 5001',
      '4 route replace 10.9.0.0/16 dev wg0 table 5000',
      '4 rule add priority 5003 lookup 5000',
      '4 rule add priority 5004 lookup main suppress_prefixlength 0',
      '4 rule add priority 5005 lookup 5001',
    ]);
  });

  test('keeps the way to what must stay outside in the table of the machine', () => {
    const config = { ...CONFIG, routes: ['0.0.0.0/0'], outside: ['192.0.2.1', '2001:db8::1', '192.0.2.1'] };
    expect(lines(config).filter((line) => line.includes(' to '))).toEqual(['4 rule add priority 5000 to 192.0.2.1 lookup main']);
    expect(firstUnfit({ ...config, outside: ['192.0.2.1 table 7'] })).toBe('192.0.2.1 table 7');
    for (const step of planSteps({ link: 'wg0', config, mark: 1, slot: 0 }))
      if (step.run.includes('to')) expect(step.undo).toEqual(['rule', 'del', 'priority', '5000', 'to', '192.0.2.1', 'lookup', 'main']);
  });

  test('leaves IPv6 alone where there is none, and asks for no routers where there is', () => {
    expect(lines(CONFIG).some((line) => line.startsWith('6'))).toBe(false);
    const both = lines({ ...CONFIG, addresses: ['10.0.0.1/24', 'fd00::1/64'] });
    expect(both[0]).toBe('4 link set dev wg0 addrgenmode none mtu 1420 up');
    expect(both).toContain('6 address replace fd00::1/64 dev wg0 nodad');
    expect(both).toContain('6 rule add priority 5003 lookup 5000');
  });

  test('of another slot shares no rule and no table with it', () => {
    const [one, other] = [lines(CONFIG), lines(CONFIG, 1)];
    expect(one.filter((line) => /rule|table/.test(line) && other.includes(line))).toEqual([]);
  });

  test('names each route once, and knows how to take back whatever outlives the interface', () => {
    const twice = { ...CONFIG, routes: ['10.0.0.0/24', '10.0.0.0/24'] };
    expect(lines(twice)).toEqual(lines(CONFIG));
    for (const step of planSteps({ link: 'wg0', config: CONFIG, mark: 1, slot: 0 }))
      if (!step.bound) expect(step.undo).toEqual(step.run.map((word) => (word === 'add' ? 'del' : word)));
  });
});

describe('what control says', () => {
  test.each([
    [{ ...CONFIG, addresses: ['10.0.0.1/33'] }, '10.0.0.1/33'],
    [{ ...CONFIG, routes: ['10.0.0.0/8\nlink del eth0'] }, '10.0.0.0/8\nlink del eth0'],
    [{ ...CONFIG, dns: { servers: ['--help'], search: [] } }, '--help'],
    [{ ...CONFIG, dns: { servers: ['10.0.0.53'], search: ['a b'] } }, 'a b'],
    [{ ...CONFIG, dns: { servers: [], search: ['-x.example'] } }, '-x.example'],
  ])('is not used when it is no address, prefix or name', (config, unfit) => {
    expect(firstUnfit(config)).toBe(unfit);
  });

  test('is used when it is', () => {
    expect(
      firstUnfit({ ...CONFIG, dns: { servers: ['10.0.0.53', 'fd00::53'], search: ['tail-net.example', '_x.example'] } }),
    ).toBeUndefined();
  });
});
