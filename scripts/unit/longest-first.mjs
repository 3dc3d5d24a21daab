import { BaseSequencer } from 'vitest/node';

/** Files that take seconds. Begun last, one of them would run on alone while the other process has nothing left to do. */
const LONG = [
  'simulation/src/full-mesh.test.ts',
  'simulation/src/seeds/seeds.test.ts',
  'core/test/composition/leaks.test.ts',
  'transport-udp/src/bind-rules.test.ts',
  'fuzz/src/fuzz.test.ts',
  'stack-netstack/src/rules.test.ts',
  'transport-derp/test/bind-rules.test.ts',
  'stack-netstack/src/lossy-wire.test.ts',
  'stack-netstack/src/attack.test.ts',
  'stack-netstack/src/short-connections.test.ts',
  'stack-netstack/src/many-connections.test.ts',
  'stack-netstack/src/loss-table.test.ts',
  'path-disco/src/path-failure.test.ts',
  'control-static/src/uapi.test.ts',
  'testing/src/rules/stack/stack-mutants.test.ts',
  'testing/src/rules/bind/good-bind.test.ts',
  'testing/src/rules/bind/udp-bind.test.ts',
];

/** Long files first; the others as vitest has them. */
export class LongestFirst extends BaseSequencer {
  /** @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    const sorted = await super.sort(files);
    const isLong = (/** @type {import('vitest/node').TestSpecification} */ { moduleId }) => LONG.some((end) => moduleId.endsWith(end));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
