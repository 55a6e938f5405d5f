import { expect, it } from 'vitest';
import { RecentRecords } from './recent-records.js';

it('holds the newest records that fit, and of one key the last', () => {
  const recent = new RecentRecords<string>(10);
  recent.note('a', 'first', 4);
  recent.note('b', 'second', 4);
  recent.note('a', 'third', 4);
  recent.note('c', 'fourth', 4); // the oldest has to go
  expect(['a', 'b', 'c'].map((key) => recent.find(key)?.record)).toEqual(['third', undefined, 'fourth']);
  expect(recent.find('a')?.ageMs).toBeGreaterThanOrEqual(0);
});

it('holds nothing that is longer than all of it may be', () => {
  const recent = new RecentRecords<string>(10);
  recent.note('a', 'small', 4);
  recent.note('b', 'huge', 11);
  expect([recent.find('a'), recent.find('b')]).toEqual([undefined, undefined]);
});

it('forgets', () => {
  const recent = new RecentRecords<string>(10);
  recent.note('a', 'x', 10);
  recent.forget('a');
  recent.note('b', 'y', 10);
  expect([recent.find('a')?.record, recent.find('b')?.record]).toEqual([undefined, 'y']);
});
