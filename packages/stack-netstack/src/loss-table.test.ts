import { expect, test } from 'vitest';
import { FEW_ROWS, line, measure } from '../test/loss-table.js';

const BYTES = 300_000;
const SEEDS = [1, 2, 3];

/** Kept in a file: a change to the stack must beat it, or say why not. `npm run bench -- netstack-loss` prints the table of 10 MB. */
test('A12: 300 kB over 40 ms, loss against buffers, take as long and resend as much as the table says', async () => {
  const lines = FEW_ROWS.flatMap((row) =>
    (['cubic', 'bbr'] as const).map((congestion) => {
      const measured = measure(row, congestion, BYTES, SEEDS);
      expect(measured.isWhole, `${row.name} with ${congestion}`).toBe(true);
      return line(row, congestion, measured);
    }),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../test/loss-table.txt');
});
