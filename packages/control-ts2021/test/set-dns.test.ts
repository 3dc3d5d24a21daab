import { expect, test } from 'vitest';
import { Bench } from './bench.js';

const RECORD = { name: '_acme-challenge.one.lab.example.com', value: 'a-b_c' };

test('a text record goes to the server as this node’s wish, under the key that the server knows', async () => {
  const bench = new Bench({ authKey: 'k' });
  await bench.open();
  await bench.pass(1_000);
  await bench.clock.settle(bench.control.setDns(RECORD));
  const [seen] = bench.server.asked('/machine/set-dns');
  expect(seen).toMatchObject({
    method: 'POST',
    body: { Version: 119, NodeKey: bench.nodeKey, Name: RECORD.name, Type: 'TXT', Value: RECORD.value },
  });
  await bench.close();
});

test('a server that sets no records is an error that says so, and nothing that is wrong with the connection', async () => {
  const bench = new Bench({ authKey: 'k' });
  bench.server.setDns = () => ({ status: 501, body: 'not\nimplemented' });
  await bench.open();
  await bench.pass(1_000);
  const refused = await bench.clock.settle(bench.control.setDns(RECORD).catch((error: unknown) => error));
  expect(refused).toMatchObject({
    code: 'HEDDLE_TS2021_REFUSED',
    message: expect.stringMatching(/HTTP 501: not implemented; .*Headscale/),
  });
  expect([bench.state.is, bench.codes]).toEqual(['online', []]);
  await bench.close();
});

test('nothing can be asked for before the control is open, and an aborted wish rejects with the reason', async () => {
  const bench = new Bench({ authKey: 'k' });
  await expect(bench.control.setDns(RECORD)).rejects.toMatchObject({ code: 'HEDDLE_NOT_RUNNING' });
  await bench.open();
  const reason = new Error('not any more');
  await expect(bench.control.setDns(RECORD, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await bench.close();
});
