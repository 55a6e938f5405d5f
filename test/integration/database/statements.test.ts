import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Statements } from '../../../src/database/statements.js';
import { DatabaseLoad } from '../../../src/database/waiting-queue.js';
import { configured, open, type Opened } from './connections.js';

describe('named statements', () => {
  let opened: Opened;
  let statements: Statements;

  beforeAll(async () => {
    opened = await open();
    statements = new Statements(opened.dataSource, configured(), new DatabaseLoad(() => 0));
  });
  afterAll(() => opened.close());

  it('continue after a migration changes the type of a column while the process serves', async () => {
    await opened.dataSource.query(`create table changing (value jsonb); insert into changing values ('[1]')`);
    const read = { name: 'changing_read', text: 'select value from changing' };
    const write = { name: 'changing_write', text: `insert into changing values ('[2]') returning value` };
    const six = Array.from({ length: 6 }, () => statements.run(read, [])); // use several connections
    await Promise.all([...six, statements.run(write, [])]);
    await opened.dataSource.query('alter table changing alter column value type json');
    const again = await Promise.all(Array.from({ length: 6 }, () => statements.run(read, [])));
    expect(again.map((rows) => rows.length)).toEqual(Array(6).fill(2));
    expect(await statements.run(write, [])).toHaveLength(1);
    expect(await statements.run(read, [])).toHaveLength(3);
  });
});
