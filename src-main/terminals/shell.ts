/** What a terminal needs of a running shell, whatever carries it. */
import type { ChannelDuplex } from '../links/channel-duplex.ts';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export interface ShellEnd {
  readonly code: number | null;
  /** The way to the shell broke; the shell itself may live on. */
  readonly isLost: boolean;
}

export interface Shell {
  /** `taken`: the other side has room for more. */
  write(chunk: Uint8Array, taken: () => void): void;
  resize(size: Size): void;
  pause(): void;
  resume(): void;
  destroy(): void;
  onData(listener: (chunk: Buffer) => void): void;
  /** It goes on sending although it was asked to wait; called once. Ways that wait do not have it. */
  onOverrun?(listener: () => void): void;
  /** Once, after the last output. */
  onClose(listener: (end: ShellEnd) => void): void;
}

/** A shell or tmux on a channel of the session's SSH connection. */
export function sshShell(channel: ChannelDuplex, isConnectionDead: () => boolean): Shell {
  return {
    write: (chunk, taken) => {
      channel.write(chunk, (error) => {
        if (!error) taken();
      });
    },
    resize: ({ cols, rows }) => channel.channel.setWindow(rows, cols, 0, 0),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    destroy: () => channel.destroy(),
    onData: (listener) => channel.on('data', listener),
    onOverrun: (listener) => channel.onOverrun(listener),
    onClose: (listener) =>
      channel.once('close', () => listener({ code: channel.exitCode, isLost: isConnectionDead() })),
  };
}
