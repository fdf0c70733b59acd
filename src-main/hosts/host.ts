/**
 * What a host (Electron, or plain Node with a browser) must offer to the app. Everything else in `src-main` is the
 * same in both; nothing outside `hosts/` asks which host it runs in.
 */
import type { SecretsState } from '../../src-preload/contract/app.ts';
import type { Unsubscribe } from '../base/emitter.ts';

/** A place for secrets. Every call has a time limit; a failing store never falls back to a file. */
export interface SecretStore {
  readonly state: SecretsState;
  /** Null: there is none. Throws BerthError `secrets-locked` or `secrets-unavailable`. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** The JSON document behind settings and remembered sites: `electron-store` or `conf`. No secrets in it. */
export interface DocumentStore {
  readonly path: string;
  read(): Record<string, unknown>;
  /** Writes through a temporary file and rename. Throws when the disk refuses. */
  write(document: Record<string, unknown>): void;
}

export interface AppWindow {
  readonly url: string;
  readonly title: string;
  /** Marks the window's edge. */
  readonly colour: string;
  /** Windows of one session share a partition and close together. */
  readonly group: string;
}

export interface TerminalWindow {
  readonly accountId: string;
  readonly sessionId: string;
  readonly title: string;
  /** Marks the window's edge. */
  readonly colour: string;
  /** The tab that another window gives to this one. */
  readonly move?: string | undefined;
}

export interface Host {
  readonly kind: 'browser' | 'electron';
  readonly version: string;
  /** Everything Berth writes is below this folder. */
  readonly dataDir: string;
  readonly secrets: SecretStore;
  openDocument(name: string): DocumentStore;
  /** Opens the address with the person's own program. The caller has checked the scheme. */
  openExternal(url: string): Promise<void>;
  /** Folders of this computer. */
  readonly folders: {
    /** Asks the person for one; null where only a page can ask. */
    readonly pick: ((start: string) => Promise<string | null>) | null;
    /** Asks the person for a file, hidden ones included; null where only a page can ask. */
    readonly pickFile: ((start: string) => Promise<string | null>) | null;
    /** Shows it in the system's file manager. */
    open(path: string): Promise<void>;
  };
  /** Windows that the main process opens; null where pages open their own. */
  readonly windows: {
    openTerminal(input: TerminalWindow): void;
    openApp(window: AppWindow): void;
    closeGroups(matches: (group: string) => boolean): void;
  } | null;
  /** Messages through the operating system; null where windows have to show them. */
  readonly notifications: {
    show(message: { id: string; title: string; body: string }, onClick: () => void): void;
    /** It does not hold any more. */
    withdraw(id: string): void;
    /** Brings the main window to the front. */
    showMain(): void;
  } | null;
  /** Sleep and wake-up of the machine, where the host can tell. */
  onSuspend(listener: () => void): Unsubscribe;
  onResume(listener: () => void): Unsubscribe;
}
