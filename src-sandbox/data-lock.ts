/**
 * Keeps two sandboxes from using one data folder: they would fight over its account and its folders.
 */
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { writePrivately } from './write-privately.ts';

const askMs = 1000;

/** True when a manager answers on that port: a process id alone may meanwhile belong to anything. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, path: '/', timeout: askMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(false));
    asking.end();
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export class DataLock {
  private readonly file: string;

  constructor(dataDir: string) {
    this.file = join(dataDir, 'sandbox.lock');
  }

  /** Throws when another sandbox uses the folder now; what a killed one left behind does not count. */
  async check(): Promise<void> {
    const text = await readFile(this.file, 'utf8').catch(() => null);
    const [pid = 0, port = 0] = (text ?? '').split(' ').map(Number);
    if (pid > 0 && port > 0 && pid !== process.pid && isAlive(pid) && (await answers(port))) {
      throw new Error(`Another sandbox (process ${pid}) uses this data folder already.`);
    }
  }

  async take(port: number): Promise<void> {
    await writePrivately(this.file, `${process.pid} ${port}\n`);
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
  }
}
