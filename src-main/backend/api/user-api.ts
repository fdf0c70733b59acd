/** Who the caller is, and what the site keeps for it: SSH key pair, bootstrap script, dotfiles. */
import type { Project } from '../../../src-preload/contract/sites.ts';

export interface Identity {
  readonly email: string;
  readonly fullName: string;
  readonly domain: string;
  readonly role: string;
  readonly projects: readonly Project[];
}

/** A file that the site puts into the home of every new session. */
export interface Dotfile {
  /** Relative to the home, e.g. `.bashrc`. */
  readonly path: string;
  readonly data: string;
  /** Octal digits, e.g. `755`. */
  readonly permission: string;
}

export interface NewSshKeypair {
  readonly publicKey: string;
  /** Shown once; the site does not give it out again. */
  readonly privateKey: string;
}

/** What a manager says to everybody who uses it. */
export interface Announcement {
  readonly message: string;
}

export interface UserApi {
  identity(signal?: AbortSignal): Promise<Identity>;
  /** Public half of the pair that new sessions accept; null where there is none. */
  sshPublicKey(signal?: AbortSignal): Promise<string | null>;
  /** Replaces the pair. */
  generateSshKeypair(signal?: AbortSignal): Promise<NewSshKeypair>;
  /** Replaces the pair by one of the user's own (`ownSshKeypair`). */
  putSshKeypair(pair: NewSshKeypair, signal?: AbortSignal): Promise<void>;
  bootstrapScript(signal?: AbortSignal): Promise<string>;
  /** At most 64 KiB. */
  setBootstrapScript(script: string, signal?: AbortSignal): Promise<void>;
  dotfiles(signal?: AbortSignal): Promise<Dotfile[]>;
  /** Makes or changes one; all of them together may have 64 KiB. */
  putDotfile(dotfile: Dotfile, signal?: AbortSignal): Promise<void>;
  deleteDotfile(path: string, signal?: AbortSignal): Promise<void>;
  /** Throws BerthError `unauthorised` for a wrong old password, `refused-by-site` for a new one that a rule forbids. */
  changePassword(oldPassword: string, newPassword: string, signal?: AbortSignal): Promise<void>;
  changeFullName(fullName: string, signal?: AbortSignal): Promise<void>;
  /** Null when nothing is announced. */
  announcement(signal?: AbortSignal): Promise<Announcement | null>;
}
