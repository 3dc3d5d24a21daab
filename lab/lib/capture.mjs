// @ts-check
import { until } from './wait.mjs';

/**
 * Records what passes an interface; `packets()` prints it, one line each, as tcpdump reads it.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {string} device
 * @param {string} [filter]
 * @param {readonly string[]} [flags] of tcpdump
 */
export async function capture(host, device, filter = '', flags = []) {
  const file = host.lab.path(`${host.role}-${device}.pcap`);
  const name = `tcpdump-${device}`;
  const expression = filter === '' ? [] : [filter];
  const running = await host.start(name, [
    'tcpdump',
    '-n',
    '-U',
    '--immediate-mode',
    '-s',
    '0',
    '-i',
    device,
    ...flags,
    '-w',
    file,
    ...expression,
  ]);
  await running.says(host.lab, 'listening on');
  const packets = async () => {
    const text = await host.exec(['tcpdump', '-n', '-r', file]);
    return text.split('\n').filter((line) => line !== '');
  };
  return {
    file,
    packets,
    /** Waits until so many packets were seen.
     * @param {number} count */
    seen: (count) => until(host.lab, `${count} packets on ${device}`, async () => (await packets()).length >= count),
    stop: () => running.stop(),
  };
}
