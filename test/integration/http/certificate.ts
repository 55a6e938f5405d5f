import { generate } from 'selfsigned';

export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate for 127.0.0.1 and localhost , with a name that a test can recognize. */
export async function certificateOf(name: string): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert, key };
}
