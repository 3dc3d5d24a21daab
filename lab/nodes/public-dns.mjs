// @ts-check
// The public DNS of a row: every name is where the ingress relay is, and a TXT record is what nodes have asked the control server for, by its trace.
// public-dns.mjs ADDRESS PORT RELAY TRACE
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

const [address, port, relay, tracePath] = process.argv.slice(2);
const [A, TXT] = [1, 16];
const HEADER = 12;

/** The name and type that are asked for, and where the question ends. @param {Buffer} query */
function questionOf(query) {
  const labels = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** What the records of a name hold. @param {string} name @param {number} type */
function dataOf(name, type) {
  if (type === A) return [Buffer.from(String(relay).split('.').map(Number))];
  return type === TXT ? textsOf(name).map((text) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)])) : [];
}

/** @param {string} name @returns {string[]} */
function textsOf(name) {
  const lines = readFileSync(String(tracePath), 'utf8').trim().split('\n');
  const wishes = lines.map((line) => JSON.parse(line)).filter(({ who }) => who === '/machine/set-dns');
  return wishes.filter(({ body }) => body.Name.toLowerCase() === name).map(({ body }) => body.Value);
}

/** A record with the name of the question. @param {number} type @param {Buffer} data */
function record(type, data) {
  const head = Buffer.from([0xc0, HEADER, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

/** @param {Buffer} query */
function answerTo(query) {
  const { name, type, end } = questionOf(query);
  const records = dataOf(name, type).map((data) => record(type, data));
  const head = Buffer.from([...query.subarray(0, 2), 0x84, 0, 0, 1, 0, records.length, 0, 0, 0, 0]);
  return Buffer.concat([head, query.subarray(HEADER, end), ...records]);
}

const socket = createSocket('udp4', (query, from) => socket.send(answerTo(query), from.port, from.address));
socket.bind(Number(port), address, () => console.log('listening'));
