import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../../test/map-world.js';
import { type GuardedJson, type JsonObject, readJsonObject } from './json-guard.js';

const LIST = { names: ['Others', 'Peers'], read: (item: JsonObject): unknown => item };
/** Longer than what is parsed with the rest. */
const FILL = 'x'.repeat(70_000);
const long = (items: readonly unknown[]): string => JSON.stringify([...items, { fill: FILL }]);
const read = (text: string): GuardedJson<unknown> => readJsonObject(bytesOf(text), LIST);

/** The object as a whole, however its list was read. */
function whole(json: GuardedJson<unknown>): unknown {
  if ('refused' in json) return json.refused;
  return json.list === undefined ? json.value : { ...json.value, [json.list.name]: json.list.items };
}

test('a long list is read item by item, and comes to what it says as a whole', () => {
  let inPieces = 0;
  const item = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), (items, other) => {
      const text = `{"A":${JSON.stringify(other)} , "Peers" :\n${long(items)},"Z":[{"Peers":[1]}]}`;
      const json = read(text);
      if ('list' in json) inPieces += 1;
      expect(whole(json)).toEqual(whole(readJsonObject(bytesOf(text))));
    }),
    { seed: 1, numRuns: 60 },
  );
  expect(inPieces).toBeGreaterThan(40);
});

test('what is damaged anywhere is refused as a whole', () => {
  const good = `{"Node":{},"Peers":${long([{ ID: 1 }, { ID: 2 }])},"Domain":"d"}`;
  expect(whole(read(good))).toMatchObject({ Domain: 'd', Peers: [{ ID: 1 }, { ID: 2 }, {}] });
  for (const [from, to] of [
    ['{"ID":1}', '{"ID":1,}'],
    ['{"ID":1}', '{"ID":}'],
    ['{"ID":1},', '{"ID":1},,'],
    ['{"ID":1},', '{"ID":1}'],
    ['[{"ID":1}', '[,{"ID":1}'],
    ['[{"ID":1}', '{{"ID":1}'],
    [`${FILL}"}]`, `${FILL}"},]`],
    [`${FILL}"}]`, `${FILL}"}}`],
    ['"Domain"', 'Domain'],
    ['"Peers":', '"Peers"'],
    ['{"Node"', '["Node"'],
  ] as const) {
    expect(good).toContain(from);
    expect(whole(read(good.replace(from, to)))).toBe('it is no JSON object');
  }
});

test('B4: of two lists with this name the last one counts, and another value of this name hides a list', () => {
  const [one, two] = [long([{ ID: 1 }]), long([{ ID: 2 }])];
  expect(whole(read(`{"Peers":${one},"Peers":${two}}`))).toMatchObject({ Peers: [{ ID: 2 }, {}] });
  expect(whole(read(`{"Peers":${one},"Peers":[{"ID":3}]}`))).toEqual({ Peers: [{ ID: 3 }] });
  expect(whole(read(`{"Peers":${one},"Peers":null}`))).toEqual({ Peers: null });
  expect(whole(read(`{"Peers":[{"ID":3}],"Peers":${two}}`))).toMatchObject({ Peers: [{ ID: 2 }, {}] });
});

test('of two lists with different names the last one is read item by item, the other with the rest', () => {
  const [one, two] = [long([{ ID: 1 }]), long([{ ID: 2 }])];
  const json = read(`{"Peers":${one},"Others":${two}}`);
  expect(json).toMatchObject({ value: { Others: [] }, list: { name: 'Others', items: [{ ID: 2 }, {}] } });
  expect(whole(json)).toMatchObject({ Peers: [{ ID: 1 }, {}], Others: [{ ID: 2 }, {}] });
});

test('a list of other things, with another name, or with integers that a double may not hold is read with the rest', () => {
  for (const text of [
    `{"Peers":[1,"${FILL}"]}`,
    `{"Peers":[[{}],{"fill":"${FILL}"}]}`,
    `{"Strangers":${long([])}}`,
    `{"a\\"Peers":${long([])}}`,
    `{"Peers":{"a":${long([])}}}`,
  ])
    expect(read(text)).toEqual({ value: JSON.parse(text) });
  expect(whole(read(`{"Peers":[{"ID":9223372036854775807},{"fill":"${FILL}"}]}`))).toMatchObject({
    Peers: [{ ID: '9223372036854775807' }, {}],
  });
});
