import { EventEmitter } from 'node:events';
import type { Client } from 'ssh2';
import { expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { isOddRefusal, openSftp } from './sftp.ts';

class Channel extends EventEmitter {
  readonly asked: string[] = [];
  lstat(path: string): void {
    this.asked.push(path);
  }
  end(): void {
    this.emit('close');
  }
}

class Connection {
  readonly isDead = false;
  readonly listeners = new Set<(error: BerthError) => void>();
  readonly channels: Channel[] = [];
  refusal: Error | null = null;
  readonly client = {
    sftp: (opened: (error: Error | undefined, channel: Channel) => void) => {
      const channel = new Channel();
      this.channels.push(channel);
      opened(this.refusal ?? undefined, channel);
    },
  } as unknown as Client;
  onClose(listener: (error: BerthError) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

it('leaves nothing with its connection once it is over, however it ended', async () => {
  const connection = new Connection();
  const open = () => openSftp(connection.client, connection);
  for (const _ of [1, 2, 3]) (await open()).end();
  expect(connection.listeners.size).toBe(0);
  connection.refusal = new Error('refused');
  await expect(open()).rejects.toMatchObject({ code: 'no-sftp' });
  expect(connection.listeners.size).toBe(0);
});

it('answers what was asked with the end of its connection, and what is asked afterwards', async () => {
  const connection = new Connection();
  const sftp = await openSftp(connection.client, connection);
  const asked = sftp.lstat('/a');
  expect(connection.channels[0]?.asked).toEqual(['/a']);
  for (const listener of connection.listeners) listener(new BerthError('tunnel-lost', { place: 'site' }));
  await expect(asked).rejects.toMatchObject({ code: 'tunnel-lost', place: 'site' });
  await expect(sftp.lstat('/b')).rejects.toMatchObject({ code: 'tunnel-lost' });
});

it('tells a refusal from an end without a word, which dropbear gives a channel that comes while another ends', async () => {
  const connection = new Connection();
  const refused = async (refusal: Error): Promise<BerthError> => {
    connection.refusal = refusal;
    return openSftp(connection.client, connection).then(
      () => Promise.reject(new Error('It was opened')),
      (error: BerthError) => error,
    );
  };
  expect(isOddRefusal(await refused(new Error('an end')))).toBe(true);
  expect(isOddRefusal(await refused(Object.assign(new Error('exit'), { code: 127 })))).toBe(false);
  expect(isOddRefusal(await refused(Object.assign(new Error('prohibited'), { reason: 1 })))).toBe(false);
});
