import { createServer, request } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { GateAgent } from './gate-agent.ts';

describe('connections that are kept for the next request', () => {
  const server = createServer((_incoming, answer) => answer.end('ok'));
  const make = (freeForMs: number | null) => {
    const made: Duplex[] = [];
    const none = { setKeepAlive: () => undefined, setTimeout: () => undefined, setNoDelay: () => undefined };
    const own = { ...none, ref: () => undefined, unref: () => undefined };
    const agent = new GateAgent(async () => {
      const [near, far] = duplexPair();
      server.emit('connection', Object.assign(far, own));
      made.push(Object.assign(near, own, { freeForMs }));
      return near;
    }, true);
    const ask = () =>
      new Promise<void>((resolve, reject) => {
        const asked = request({ agent, path: '/', headers: { host: 'x' }, setHost: false }, (response) => {
          response.resume();
          // Only after this event the connection is free.
          response.once('end', () => setImmediate(resolve));
        });
        asked.once('error', reject);
        asked.end();
      });
    return { agent, made, ask };
  };

  it('are used again, and given up soon where their end would not be heard', async () => {
    const { agent, made, ask } = make(30);
    await ask();
    await ask();
    expect(made.length).toBe(1);
    await new Promise((resolve) => made[0]?.once('close', resolve));
    await ask();
    expect(made.length).toBe(2);
    agent.destroy();
  });

  it('gather nothing however often they are used', async () => {
    const { agent, made, ask } = make(10_000);
    await ask();
    const before = made[0]?.listenerCount('close');
    for (let times = 0; times < 20; times++) await ask();
    expect(made.length).toBe(1);
    expect(made[0]?.listenerCount('close')).toBe(before);
    agent.destroy();
  });

  it('stay as long as the service likes where it would', async () => {
    const { agent, made, ask } = make(null);
    await ask();
    expect(made[0]?.destroyed).toBe(false);
    await ask();
    expect(made.length).toBe(1);
    agent.destroy();
  });
});

it('a connection that was cut while it was opened fails its request', async () => {
  const agent = new GateAgent(async () => duplexPair()[0].destroy(), true);
  const asked = request({ agent, path: '/', headers: { host: 'x' }, setHost: false });
  const failed = new Promise((resolve) => asked.once('error', resolve));
  asked.end();
  expect(await failed).toMatchObject({ code: 'tunnel-lost' });
  agent.destroy();
});
