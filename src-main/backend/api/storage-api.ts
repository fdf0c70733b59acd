/** Bytes into and out of virtual folders, through the site's storage proxy (API reference, sections 7.3 and 7.4). */
import type { FolderRef } from './folders-api.ts';

/** What is uploaded. */
export interface UploadSource {
  readonly bytes: number;
  /**
   * Opens the content at an offset. Called again, at an offset that was read already, after a break that the site lost
   * bytes in; a source that cannot go back throws then. Only read as fast as the site takes it.
   */
  open(offset: number): AsyncIterable<Uint8Array>;
}

export interface TransferOptions {
  /** Bytes that the other side has so far. */
  onProgress?(bytes: number): void;
  readonly signal?: AbortSignal;
}

export interface FolderDownload {
  /** Null for an archive, whose size nobody knows beforehand. */
  readonly bytes: number | null;
  readonly modifiedAt: string | null;
  /** The content, across breaks of the connection. Ends whole or throws; not reading it holds the site back. */
  readonly content: AsyncIterable<Buffer>;
  /** Lets go of the connection when the content is not read to its end. */
  dispose(): void;
}

export interface StorageApi {
  /** Overwrites what stands at `path` in silence: ask before. Makes missing folders above it. */
  upload(folder: FolderRef, path: string, source: UploadSource, options?: TransferOptions): Promise<void>;
  /** One file, or with `archive` a folder as ZIP. */
  download(
    folder: FolderRef,
    path: string,
    options?: { readonly archive?: boolean; readonly offset?: number; readonly signal?: AbortSignal },
  ): Promise<FolderDownload>;
  /** Several files and folders as one ZIP (`folderArchives`). */
  downloadArchive(folder: FolderRef, paths: readonly string[], signal?: AbortSignal): Promise<FolderDownload>;
}
