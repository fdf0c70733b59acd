import { describe, expect, it } from 'vitest';
import { firstWindowBytes, leastWindowBytes, mostWindowBytes, WindowSize } from './terminal-window.ts';

describe('the window of a terminal', () => {
  it('is small while its reader falls behind', () => {
    const size = new WindowSize();
    expect(size.bytes).toBe(firstWindowBytes);
    for (let at = 0; at < 20; at++) {
      size.received(100_000);
      size.fellBehind();
    }
    expect(size.bytes).toBe(leastWindowBytes);
  });

  it('grows with each windowful that its reader kept up with, to a limit', () => {
    const size = new WindowSize();
    size.received(firstWindowBytes - 1);
    expect(size.bytes).toBe(firstWindowBytes);
    size.received(1);
    expect(size.bytes).toBeGreaterThan(firstWindowBytes);
    for (let at = 0; at < 1_000; at++) size.received(32_768);
    expect(size.bytes).toBe(mostWindowBytes);
  });
});
