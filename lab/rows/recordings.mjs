// @ts-check
// Captures and traffic logs of running nodes of ours.
import { fullDisk, liveCapture, wholeLog } from '../stories/recordings.mjs';

const LARGE = 100_000_000;
const SMALL = 3_000_000;

/** @type {readonly import('../run.mjs').Row[]} */
export const rows = [
  {
    id: 'recordings-pcap-live',
    says: 'tshark reads our pcapng while the node writes it, and its outer datagrams are those that tcpdump saw, byte for byte',
    run: liveCapture,
  },
  {
    id: 'recordings-traffic-log',
    says: `${SMALL / 1e6} MB are put together again from the logs of both ends, byte for byte`,
    run: (lab) => wholeLog(lab, SMALL),
  },
  {
    id: 'recordings-traffic-log-large',
    says: `${LARGE / 1e6} MB are put together again from the logs of both ends, byte for byte (F8)`,
    long: true,
    seconds: 240,
    run: (lab) => wholeLog(lab, LARGE),
  },
  {
    id: 'recordings-traffic-log-disk-full',
    says: 'a full disk costs lines of the log, which are counted, and the flow nothing (F8)',
    run: fullDisk,
  },
];
