import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listeningScript, readListening } from './listening-policy.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (address: string, state: string, inode: number): string =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  9001        0 ${inode} 1 0000000 100 0 0 10 0`;

describe('what listens', () => {
  it('is read from the tables of both families, with its program where that is told', () => {
    const output = [
      head,
      row('0100007F:1F90', '0A', 11),
      row('00000000:0898', '0A', 12),
      row('0100007F:1F91', '01', 13),
      row('00000000:1F98', '0A', 14),
      head,
      row('00000000000000000000000001000000:0BB8', '0A', 15),
      row('00000000000000000000000000000000:1F90', '0A', 16),
      row('00000000000000000000000000000000:1F99', '0A', 17),
      ...['D 7', 'S 11', 'S 16', 'D 8', 'S 12', 'D 70', 'S 17', 'S 14', 'D 9', 'S 14'],
      ...['N 7 python3', 'N 8 dropbear', 'N 70 postgres', 'N 9 my server\u0007', 'N 1 init'],
      ...['O', 'O 7', 'O 8', 'O 9'],
    ].join('\n');
    expect(readListening(output, new Set([8089]))).toEqual([
      { port: 3000, program: null },
      { port: 8080, program: 'python3' },
      { port: 8088, program: 'my server' },
    ]);
    expect(readListening(output, new Set([8080, 8088]))).toEqual([{ port: 3000, program: null }]);
  });

  it('is nothing where nothing is told, or something else', () => {
    expect(readListening('', new Set())).toEqual([]);
    expect(
      readListening('cat: /proc/net/tcp: Permission denied\nwelcome to the image\nS\nD 1 x\nO\n', new Set()),
    ).toEqual([]);
    expect(readListening(row('0100007F:XXXX', '0A', 1), new Set())).toEqual([]);
    const many = Array.from({ length: 1_000 }, (_, index) =>
      row(`0100007F:${(10_000 + index).toString(16).toUpperCase()}`, '0A', index),
    );
    expect(readListening(many.join('\n'), new Set()).length).toBe(200);
  });

  it.skipIf(process.platform !== 'linux')('is found by the script on this computer, this session’s alone', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const run = (env: Record<string, string>): string =>
      execFileSync('sh', ['-c', listeningScript], { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...env } });
    const found = readListening(run({}), new Set()).find((it) => it.port === port);
    expect(found?.program).toMatch(/node|vitest|MainThread/i);
    expect(readListening(run({ BACKENDAI_KERNEL_ID: 'another' }), new Set()).some((it) => it.port === port)).toBe(
      false,
    );
    server.close();
  });
});
