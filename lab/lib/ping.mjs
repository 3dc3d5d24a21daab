// @ts-check

/**
 * @typedef {object} Pinged
 * @property {number} sent
 * @property {number} received each echo once
 * @property {number} duplicates
 * @property {boolean} inOrder no answer came after a later one
 * @property {number[]} rtts milliseconds, one an answer
 * @property {number} median of them; NaN when nothing came back
 */

/**
 * Sends echoes with the system's `ping` and says what came back; losing them is a result, no failure.
 * @param {import('./namespace.mjs').Namespace} host
 * @param {string} address
 * @param {{ count?: number, interval?: number, size?: number, wait?: number, from?: string, fragment?: boolean }} [options]
 *   interval and wait (for the last answers) in seconds
 * @returns {Promise<Pinged>}
 */
export async function ping(host, address, { count = 1, interval = 0.01, size = 56, wait = 2, from, fragment = true } = {}) {
  const source = from === undefined ? [] : ['-I', from];
  const argv = [
    'ping',
    '-n',
    '-c',
    `${count}`,
    '-i',
    `${interval}`,
    '-s',
    `${size}`,
    '-W',
    `${wait}`,
    ...source,
    ...(fragment ? [] : ['-M', 'do']),
  ];
  const deadline = (count * interval + wait + 10) * 1_000;
  return parsePing(await host.exec([...argv, address], { accept: [0, 1], deadline }));
}

/**
 * @param {string} output of iputils ping
 * @returns {Pinged}
 */
export function parsePing(output) {
  const answers = [...output.matchAll(/icmp_seq=(\d+) .*time=([\d.]+) ms( \(DUP!\))?/g)];
  const first = answers.filter((answer) => answer[3] === undefined);
  const sequence = first.map((answer) => Number(answer[1]));
  const rtts = first.map((answer) => Number(answer[2]));
  return {
    sent: Number(/(\d+) packets transmitted/.exec(output)?.[1] ?? 0),
    received: first.length,
    duplicates: answers.length - first.length,
    inOrder: sequence.every((value, i) => i === 0 || value > Number(sequence[i - 1])),
    rtts,
    median: [...rtts].sort((a, b) => a - b)[rtts.length >> 1] ?? Number.NaN,
  };
}
