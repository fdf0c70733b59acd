/** The frames of ttyd (tunnels reference, section 6.2): a byte that says what it is, then the rest. Pure. */
import type { Size } from './shell.ts';

/** The WebSocket's sub-protocol and path. */
export const ttydProtocol = 'tty';
export const ttydPath = '/ws';
/** Output comes in pieces of at most the server's read buffer; more in one frame is not ttyd. */
export const maxFrameBytes = 4 * 1024 * 1024;

const output = 0x30;
const title = 0x31;
const maxTitleLength = 1_024;

export type TtydFrame =
  | { readonly kind: 'output'; readonly bytes: Buffer }
  | { readonly kind: 'title'; readonly text: string }
  /** What the server would like its own page to look like; or of a later ttyd. */
  | { readonly kind: 'other' };

export function readFrame(frame: Buffer): TtydFrame {
  switch (frame[0]) {
    case output:
      return { kind: 'output', bytes: frame.subarray(1) };
    case title:
      return {
        kind: 'title',
        text: frame
          .subarray(1, 1 + maxTitleLength * 4)
          .toString('utf8')
          .slice(0, maxTitleLength),
      };
    default:
      return { kind: 'other' };
  }
}

/** Starts the program on the other side; nothing comes before it. Backend.AI sets no credential, so the token is empty. */
export function helloFrame({ cols, rows }: Size): Buffer {
  return Buffer.from(JSON.stringify({ AuthToken: '', columns: cols, rows }));
}

export function inputFrame(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(bytes.length + 1);
  frame[0] = 0x30;
  frame.set(bytes, 1);
  return frame;
}

export function resizeFrame({ cols, rows }: Size): Buffer {
  return Buffer.from(`1${JSON.stringify({ columns: cols, rows })}`);
}

/** The server stops reading the program's output, so that it waits. */
export const pauseFrame: Buffer = Buffer.from('2');
export const resumeFrame: Buffer = Buffer.from('3');

/** The title names the command; one with tmux in it finds the same shell again after a cut. */
export function runsTmux(titleText: string): boolean {
  return /\btmux\b/.test(titleText);
}
