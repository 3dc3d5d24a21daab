// @ts-check

/**
 * Sends TCP for a while and says what arrived.
 * @param {import('./namespace.mjs').Namespace} from
 * @param {import('./namespace.mjs').Namespace} to
 * @param {string} address of `to`
 * @param {{ seconds?: number, streams?: number }} [options]
 */
export async function iperf(from, to, address, { seconds = 2, streams = 1 } = {}) {
  const server = await to.start('iperf3', ['iperf3', '-s', '-1', '--forceflush']);
  await server.says(to.lab, 'listening');
  const deadline = (seconds + 20) * 1_000;
  const report = JSON.parse(await from.exec(['iperf3', '-c', address, '-t', `${seconds}`, '-P', `${streams}`, '-J'], { deadline }));
  await server.stop();
  const { bits_per_second: bits, bytes } = report.end.sum_received;
  return { megabits: bits / 1e6, bytes, retransmits: report.end.sum_sent.retransmits };
}
