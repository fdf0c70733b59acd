import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { helloFrame, inputFrame, readFrame, resizeFrame, runsTmux } from './ttyd-frames-policy.ts';

describe('ttyd frames', () => {
  it('are read whatever they hold: output byte for byte, nothing else as output', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        const frame = readFrame(Buffer.from(bytes));
        expect(frame.kind === 'output').toBe(bytes[0] === 0x30);
        if (frame.kind === 'output') expect([...frame.bytes]).toEqual([...bytes.slice(1)]);
        if (frame.kind === 'title') expect(frame.text.length).toBeLessThanOrEqual(1024);
      }),
    );
  });

  it('are written as the server reads them', () => {
    expect(helloFrame({ cols: 80, rows: 24 }).toString()).toBe('{"AuthToken":"","columns":80,"rows":24}');
    expect(resizeFrame({ cols: 80, rows: 24 }).toString()).toBe('1{"columns":80,"rows":24}');
    expect([...inputFrame(Uint8Array.of(0xff, 0))]).toEqual([0x30, 0xff, 0]);
  });

  it('tell by the title whether the shell outlives the connection', () => {
    expect(runsTmux('/bin/bash -c tmux -2 attach (main1)')).toBe(true);
    expect(runsTmux('/bin/ash (main1)')).toBe(false);
  });
});
