/** A followed log for as long as a component shows it, and a search in it that follows its growth. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { LogRef } from '../../../src-preload/contract/logs.ts';
import { berth } from '../../bridge.ts';
import { LogPages } from './log-pages.ts';

export function useLog({ accountId, sessionId, kernelId }: LogRef) {
  const pages = useMemo(() => new LogPages({ accountId, sessionId, kernelId }), [accountId, sessionId, kernelId]);
  useEffect(() => {
    pages.start();
    const stop = berth.connection.on((state) => {
      // The stream ended with the bridge.
      if (state === 'open' && pages.snapshot().error?.code === 'bridge-lost') pages.start();
    });
    return () => {
      stop();
      pages.dispose();
    };
  }, [pages]);
  return { pages, ...useSyncExternalStore(pages.subscribe, pages.snapshot) };
}

export interface Found {
  readonly lines: readonly number[];
  readonly complete: boolean;
  /** Place in `lines`. */
  readonly at: number;
}

/** Typing rests this long before a search; a long log takes most of a second. */
const typingMs = 200;
/** A growing log is searched again so often. */
const growingMs = 2_000;

/** @param bytes how long the log is: what is new is searched, too */
export function useSearch(ref: LogRef, text: string, matchCase: boolean, bytes: number) {
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const last = useRef({ text: '', matchCase: false });
  const { accountId, sessionId, kernelId } = ref;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer log is what must be searched again
  useEffect(() => {
    if (text === '') {
      setFound(null);
      setBusy(false);
      last.current = { text: '', matchCase: false };
      return;
    }
    const isNew = last.current.text !== text || last.current.matchCase !== matchCase;
    const abort = new AbortController();
    if (isNew) setBusy(true);
    const timer = setTimeout(
      () => {
        last.current = { text, matchCase };
        berth.logs
          .search({ accountId, sessionId, kernelId, text, matchCase }, { signal: abort.signal })
          .then(({ lines, complete }) => {
            setBusy(false);
            setFound((now) => ({
              lines,
              complete,
              // A new search begins at its last place, where a log is read; one that grew stays where it was.
              at:
                isNew || now === null ? Math.max(0, lines.length - 1) : Math.min(now.at, Math.max(0, lines.length - 1)),
            }));
          })
          .catch(() => {
            // Cancelled by the next letter, or the log is not there: its state tells that.
            if (!abort.signal.aborted) setBusy(false);
          });
      },
      isNew ? typingMs : growingMs,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [accountId, sessionId, kernelId, text, matchCase, bytes]);

  return {
    found,
    busy,
    go: (step: 1 | -1) =>
      setFound((now) =>
        now === null || now.lines.length === 0
          ? now
          : { ...now, at: (now.at + step + now.lines.length) % now.lines.length },
      ),
  };
}
