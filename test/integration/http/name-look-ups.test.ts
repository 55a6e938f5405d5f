import { pbkdf2 } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NameLookUps } from '../../../src/http/outbound/name-look-ups.js';
import type { PinnedAddress } from '../../../src/http/outbound/outbound-request.js';

const derive = promisify(pbkdf2);

/** Queries the name server of the test. The system look-up hangs for names that begin with `slow`. */
class TestedLookUps extends NameLookUps {
  readonly askedOfSystem: string[] = [];
  private readonly resolvers: Resolver[] = [];

  constructor(
    private readonly port: number,
    deadlineMs?: number,
  ) {
    super(deadlineMs);
  }

  protected override resolver(): Resolver {
    const resolver = super.resolver();
    resolver.setServers([`127.0.0.1:${this.port}`]);
    this.resolvers.push(resolver);
    return resolver;
  }

  endAll(): void {
    for (const resolver of this.resolvers.splice(0)) resolver.cancel();
  }

  protected override bySystem(host: string): Promise<PinnedAddress[]> {
    this.askedOfSystem.push(host);
    return host.startsWith('slow') ? new Promise(() => undefined) : super.bySystem(host);
  }
}

/** The answer to a question for one record: the question and the record. Other types have no record. */
function answerTo(question: Buffer, records: Record<number, number[]>): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const type = question.readUInt16BE(end - 4);
  const data = records[type];
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(data ? 1 : 0, 6);
  head.writeUInt16BE(0, 10); // no additional records
  const record = data ? [0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data] : [];
  return Buffer.concat([head, question.subarray(12, end), Buffer.from(record)]);
}

const A = 1;
const AAAA = 28;

describe('look-ups of names from strangers', () => {
  let server: Socket;
  let port: number;
  let records: Record<number, number[]> | undefined;
  let questions: number;

  beforeEach(async () => {
    records = undefined; // silent
    questions = 0;
    server = createSocket('udp4');
    server.on('message', (question, from) => {
      questions++;
      if (records) server.send(answerTo(question, records), from.port, from.address);
    });
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    ({ port } = server.address());
  });
  afterEach(() => {
    server.close();
  });

  it('return the addresses of both families', async () => {
    records = { [A]: [192, 0, 2, 1], [AAAA]: [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1] };
    expect(await new TestedLookUps(port).find('host.example', 'stranger')).toEqual([
      { address: '192.0.2.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
  });

  it('may return one family, and fail without any address', async () => {
    records = { [AAAA]: [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1] };
    const names = new TestedLookUps(port);
    expect(await names.find('host.example', 'stranger')).toEqual([{ address: '2001:db8::1', family: 6 }]);
    records = {};
    await expect(names.find('host.example', 'stranger')).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('use the hosts file of the machine first', async () => {
    records = { [A]: [192, 0, 2, 1] };
    const [first] = await new TestedLookUps(port).find('localhost', 'stranger');
    expect([first?.address.startsWith('127.') || first?.address === '::1', questions]).toEqual([true, 0]);
  });

  it('without an answer end at the deadline', async () => {
    await expect(new TestedLookUps(port, 50).find('silent.example', 'stranger')).rejects.toMatchObject({
      reason: 'timeout',
    });
  });

  it('of the same name at the same time share one query', async () => {
    records = { [A]: [192, 0, 2, 1] };
    const names = new TestedLookUps(port);
    await Promise.all(Array.from({ length: 50 }, () => names.find('host.example', 'stranger')));
    expect(questions).toBe(2);
  });

  it('hold up neither the hashing of secrets nor the names of the operator, however many nobody answers for', async () => {
    const names = new TestedLookUps(port);
    let left = 20;
    const slow = Array.from({ length: left }, (_, i) =>
      names
        .find(`silent${i}.example`, 'stranger')
        .catch((error: unknown) => error)
        .finally(() => left--),
    );
    await Promise.all(Array.from({ length: 8 }, () => derive('secret', 'salt', 1_000, 32, 'sha256')));
    expect((await names.find('localhost', 'operator')).length).toBeGreaterThan(0);
    expect(left).toBe(20);
    names.endAll();
    await Promise.all(slow);
  });

  it('are refused if too many wait, and sooner for the same domain', async () => {
    const names = new TestedLookUps(port, 200);
    const asked = Array.from({ length: 100 }, (_, i) =>
      names.find(`h${i}.silent.example`, 'stranger').catch((error: unknown) => error),
    );
    records = { [A]: [192, 0, 2, 1] };
    expect(await names.find('host.other.example', 'stranger')).toHaveLength(1);
    const reasons = (await Promise.all(asked)).map((outcome) => (outcome as { reason?: string }).reason);
    expect(reasons.filter((reason) => reason === 'busy').length).toBeGreaterThan(50);
  });
});

describe('look-ups of names from the operator', () => {
  it('use fewer threads than there are, and one for each domain', async () => {
    const names = new TestedLookUps(0);
    for (const host of ['slow.one.example', 'slow.two.one.example', 'slow.one.example']) {
      void names.find(host, 'operator');
    }
    expect((await names.find('localhost', 'operator')).length).toBeGreaterThan(0);
    void names.find('slow.two.example', 'operator');
    void names.find('slow.three.example', 'operator');
    await new Promise(setImmediate);
    expect(names.askedOfSystem).toEqual(['slow.one.example', 'localhost', 'slow.two.example']);
  });
});
