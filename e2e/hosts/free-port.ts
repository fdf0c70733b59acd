/** A port for a program that cannot choose one by itself. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that the system hands out by itself: one of those may be another program's before it is used. */
const [lowest, highest] = [10_000, 32_000];

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export async function freePort(): Promise<number> {
  let port = 0;
  do port = randomInt(lowest, highest);
  while (!(await isFree(port)));
  return port;
}
