import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../log/log.ts';
import { newControlAddress } from './control-folder.ts';
import { lockFile, readLock, takeLock } from './instance-lock.ts';
import { Shutdown } from './shutdown.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const own = (pid: number) => ({ pid, control: `/c/${pid}` });

describe('takeLock', () => {
  it('gives the lock to one, and back', async () => {
    const first = await takeLock(folder, own(1), async () => true);
    expect(first.owned).toBe(true);
    expect(readLock(folder)).toEqual(own(1));
    expect(await takeLock(folder, own(2), async () => true)).toEqual({ owned: false, by: own(1) });
    if (first.owned) first.release();
    expect(readdirSync(folder)).toEqual([]);
    expect((await takeLock(folder, own(3), async () => true)).owned).toBe(true);
  });

  it('takes a leftover over, also one that cannot be read as a lock', async () => {
    for (const text of [JSON.stringify(own(1)), '', 'nonsense']) {
      writeFileSync(lockFile(folder), text);
      expect((await takeLock(folder, own(2), async () => false)).owned).toBe(true);
      expect(readLock(folder)).toEqual(own(2));
      rmSync(lockFile(folder));
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives one leftover to one of many', async () => {
    writeFileSync(lockFile(folder), JSON.stringify(own(99)));
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => takeLock(folder, own(index), async (owner) => owner.pid !== 99)),
    );
    expect(results.filter((result) => result.owned)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['berth.lock']);
  });

  it("never removes a lock that is another's by now", async () => {
    const first = await takeLock(folder, own(1), async () => true);
    writeFileSync(lockFile(folder), JSON.stringify(own(2)));
    if (first.owned) first.release();
    expect(readLock(folder)).toEqual(own(2));
  });
});

describe.skipIf(process.platform === 'win32')('newControlAddress', () => {
  it('is short and in a folder that only its owner enters', () => {
    mkdirSync(join(folder, 'run'), { mode: 0o700 });
    const address = newControlAddress('linux', { XDG_RUNTIME_DIR: join(folder, 'run') });
    expect(dirname(address)).toBe(join(folder, 'run', 'berth'));
    const long = newControlAddress('linux', { XDG_RUNTIME_DIR: join(folder, 'x'.repeat(90)) });
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(103);
    expect(long).not.toContain('xxxx');
  });

  it('does not use a folder that others may enter, nor a link', () => {
    const shared = join(folder, 'shared');
    mkdirSync(join(shared, 'berth'), { recursive: true });
    chmodSync(join(shared, 'berth'), 0o755);
    expect(newControlAddress('linux', { XDG_RUNTIME_DIR: shared })).not.toContain(shared);
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    mkdirSync(join(folder, 'target'), { mode: 0o700 });
    symlinkSync(join(folder, 'target'), join(linked, 'berth'));
    expect(newControlAddress('linux', { XDG_RUNTIME_DIR: linked })).not.toContain(linked);
  });

  it('does not use a folder of somebody else', () => {
    const mine = join(folder, 'mine');
    mkdirSync(mine);
    const other = 2_000_000_000 + process.pid;
    const uid = vi.spyOn(process, 'getuid').mockReturnValue(other);
    try {
      // Whatever is made here belongs to who runs this.
      expect(() => newControlAddress('linux', { XDG_RUNTIME_DIR: mine })).toThrow('no private folder');
    } finally {
      uid.mockRestore();
      for (const place of new Set([tmpdir(), '/tmp']))
        for (const name of readdirSync(place))
          if (name.startsWith(`berth-${other}`)) rmSync(join(place, name), { recursive: true });
    }
  });

  it('is a pipe that nobody guesses on Windows', () => {
    expect(newControlAddress('win32', {})).toMatch(/^\\\\\.\\pipe\\berth-[0-9a-f]{50}$/);
  });
});

describe('Shutdown', () => {
  it('ends the last first, each within its time, whatever fails', async () => {
    const order: string[] = [];
    const shutdown = new Shutdown(silentLog().area('test'));
    shutdown.add('first', 100, () => void order.push('first'));
    shutdown.add('hangs', 20, () => new Promise(() => {}));
    shutdown.add('fails', 100, () => Promise.reject(new Error('no')));
    shutdown.add('throws', 100, () => {
      throw new Error('no');
    });
    shutdown.add('last', 100, () => void order.push('last'));
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(order).toEqual(['last', 'first']);
  });
});
