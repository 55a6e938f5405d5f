import { describe, expect, it, vi } from 'vitest';
import { AnswerLost, decided, errorOfSent, repeated } from './decided.js';
import { sqlState } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

const gone = new Error('Connection terminated unexpectedly');
const lost = (): Promise<never> => Promise.reject(new AnswerLost(gone));
const said = (code: string): Error => Object.assign(new Error('said'), { code });
const isDone = (answer: string): boolean => answer === 'done';

describe('the error of a statement that was sent', () => {
  it.each([gone, said('57P01'), said('57P02'), said('08006'), new Error('Query read timeout')])(
    'leaves the outcome open: %s',
    (error) => {
      const found = errorOfSent(error);
      expect(found).toBeInstanceOf(AnswerLost);
      expect([isUnavailable(found), sqlState(found)]).toEqual([true, sqlState(error)]);
    },
  );

  it.each([said('57014'), said('25006'), said('53300'), said('40P01'), said('23505'), new TypeError()])(
    'says that it was not carried out: %s',
    (error) => {
      expect(errorOfSent(error)).toBe(error);
    },
  );
});

describe('a deciding statement', () => {
  it('is sent once when a response comes, whatever it says', async () => {
    const send = vi.fn(() => Promise.resolve('refused'));
    const readBack = vi.fn(() => Promise.resolve('done'));
    expect(await decided({ send, isDone, readBack })).toBe('refused');
    expect([send.mock.calls.length, readBack.mock.calls.length]).toEqual([1, 0]);
  });

  it('is not sent again when it failed', async () => {
    const send = vi.fn(() => Promise.reject(said('57014')));
    await expect(decided({ send, isDone, readBack: () => Promise.resolve('done') })).rejects.toThrow('said');
    expect(send).toHaveBeenCalledOnce();
  });

  it.each([
    ['does what was not done', () => Promise.resolve('done'), undefined, 'done'],
    ['finds what was done', () => Promise.resolve('refused'), 'done', 'done'],
    ['is refused where another was first', () => Promise.resolve('refused'), undefined, 'refused'],
    ['finds its own ids', () => Promise.reject(said('23505')), 'done', 'done'],
  ])('is sent again when its response was lost, and %s', async (_, second, stored, answer) => {
    const send = vi.fn<() => Promise<string>>(second).mockImplementationOnce(lost);
    const onLost = vi.fn();
    expect(await decided({ send, isDone, readBack: () => Promise.resolve(stored), onLost })).toBe(answer);
    expect([send.mock.calls.length, onLost.mock.calls.length]).toEqual([2, 1]);
  });

  it('is sent again when its ids exist but its row has ended since', async () => {
    const send = vi.fn(() => Promise.resolve('refused')).mockImplementationOnce(lost);
    send.mockImplementationOnce(() => Promise.reject(said('23505')));
    expect(await decided({ send, isDone, readBack: () => Promise.resolve(undefined) })).toBe('refused');
  });

  it('fails when the key belongs to another row', async () => {
    const send = vi.fn(() => Promise.reject(said('23505'))).mockImplementationOnce(lost);
    await expect(decided({ send, isDone, readBack: () => Promise.resolve(undefined) })).rejects.toThrow('said');
  });

  it('is retried until the database is back', async () => {
    const send = vi.fn(() => Promise.resolve('done')).mockImplementationOnce(lost);
    send.mockImplementationOnce(() => Promise.reject(gone)).mockImplementationOnce(() => Promise.reject(gone));
    expect(await decided({ send, isDone, readBack: () => Promise.resolve(undefined) })).toBe('done');
    expect(send).toHaveBeenCalledTimes(4);
  });

  it('fails with its first error when the database does not come back', async () => {
    vi.useFakeTimers();
    const attempt = repeated(vi.fn(() => Promise.reject(gone)).mockImplementationOnce(lost));
    const outcome = expect(attempt).rejects.toThrow(AnswerLost);
    await vi.advanceTimersByTimeAsync(10_000);
    await outcome;
    vi.useRealTimers();
  });

  it('is refused at once while hundreds are retried already, and retried again when those have ended', async () => {
    vi.useFakeTimers();
    const many = Array.from({ length: 256 }, () => repeated(lost).catch(() => 'given up'));
    await vi.advanceTimersByTimeAsync(1_000);
    const beyond = vi.fn(lost);
    await expect(repeated(beyond)).rejects.toThrow(AnswerLost);
    expect(beyond).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(new Set(await Promise.all(many))).toEqual(new Set(['given up']));
    vi.useRealTimers();
    expect(await repeated(vi.fn(() => Promise.resolve('done')).mockImplementationOnce(lost))).toBe('done');
  });
});
