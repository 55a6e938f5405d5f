import { describe, expect, it } from 'vitest';
import { render } from '../../output/format.js';
import { type Report, reportListing } from './report.js';

const REPORT: Report = {
  dry_run: true,
  source: { schema: '20260420120000000001', network: 'c5d14499', other_networks: [] },
  secrets: [65],
  tables: [
    {
      table: 'hydra_client',
      rows: 30,
      imported: 29,
      adapted: [{ reason: 'a name was shortened', rows: 2 }],
      left_out: [{ reason: 'its id is empty', rows: 1 }],
    },
    { table: 'hydra_jwk', rows: 6, imported: 6, adapted: [], left_out: [] },
  ],
  warnings: ['look'],
};

describe('the report of an import as a table', () => {
  it('has a line for each table, below it one for each reason, and says that a dry run wrote nothing', async () => {
    expect(await render(reportListing(REPORT), {})).toBe(`Table                   Rows  Imported  Left out  Adapted
hydra_client            30    29        1         2
  its id is empty                       1
  a name was shortened                            2
hydra_jwk               6     6         0         0

Schema    20260420120000000001
Network   c5d14499
Secret 1  opened 65 rows
Dry run   nothing was written
Warning   look
`);
  });

  it('names tables alone where it is asked to be quiet', async () => {
    expect(await render(reportListing({ ...REPORT, dry_run: false }), { quiet: true })).toBe(
      'hydra_client\nhydra_jwk\n',
    );
  });
});
