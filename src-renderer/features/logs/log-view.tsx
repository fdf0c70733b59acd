/** A log with its tools: which kernel, find, follow, wrap, copy, save; and honest words about what is here and what is not. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import type { LogRef } from '../../../src-preload/contract/logs.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { useRemembered } from '../../state/remembered.ts';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { clockTime, formatBytes } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { parseLine, plainStyle } from './ansi-policy.ts';
import { LogLines, type LogLinesHandle } from './log-lines.tsx';
import style from './logs.module.css';
import { SaveLog } from './save-log.tsx';
import { useLog, useSearch } from './use-log.ts';
import { useWords } from './words.ts';

/** More than this is nothing for a clipboard. */
const maxCopyBytes = 8 * 1024 * 1024;

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly kernels: Session['kernels'];
  /** Null: the main one. */
  readonly kernelId: string | null;
}

export function LogView({ accountId, sessionId, name, kernels, kernelId }: Props) {
  const [kernel, setKernel] = useState(kernelId);
  return (
    <OneLog
      key={kernel ?? ''}
      log={{ accountId, sessionId, kernelId: kernel }}
      name={name}
      kernels={kernels}
      onKernel={setKernel}
    />
  );
}

interface OneLogProps {
  readonly log: LogRef;
  readonly name: string;
  readonly kernels: Session['kernels'];
  readonly onKernel: (kernelId: string | null) => void;
}

function OneLog({ log: ref, name, kernels, onKernel }: OneLogProps) {
  const t = useWords();
  const findId = useId();
  const { pages, state, error, freshFrom, version } = useLog(ref);
  const [text, setText] = useState('');
  const [matchCase, setMatchCase] = useRemembered('log.matchCase', false);
  const [wrap, setWrap] = useRemembered('log.wrap', false);
  const [follow, setFollow] = useState(true);
  const [saving, setSaving] = useState(false);
  const { found, busy, go } = useSearch(ref, text, matchCase, state?.bytes ?? 0);
  const lines = useRef<LogLinesHandle>(null);
  const find = useRef<HTMLInputElement>(null);
  const current = found?.lines[found.at] ?? null;
  useEffect(() => {
    if (current !== null) lines.current?.show(current);
  }, [current]);

  const view = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Escape first ends what is open in here. Native, because the dialog around listens before React does.
    const it = view.current;
    if (!it || (text === '' && !saving)) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // Or the browser would close the dialog.
      event.preventDefault();
      event.stopPropagation();
      if (saving) setSaving(false);
      else setText('');
    };
    // A button that was pressed and is disabled while it works leaves the focus on nothing: keys are still meant for it.
    const ofNobody = (event: KeyboardEvent) => {
      if (event.target === document.body) leave(event);
    };
    it.addEventListener('keydown', leave);
    document.addEventListener('keydown', ofNobody, { capture: true });
    return () => {
      it.removeEventListener('keydown', leave);
      document.removeEventListener('keydown', ofNobody, { capture: true });
    };
  }, [text, saving]);

  const bytes = state?.bytes ?? 0;
  const problem = error ?? state?.error;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole view; each control has its own
    <div
      ref={view}
      className={style.view}
      onKeyDown={(event) => {
        const isFind = (event.key === 'f' && (event.ctrlKey || event.metaKey)) || event.key === '/';
        const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
        if (!isFind || (typing && event.key === '/')) return;
        event.preventDefault();
        find.current?.focus();
        find.current?.select();
      }}
    >
      <div className={style.tools}>
        {kernels.length > 1 && (
          <label className={style.kernel}>
            {t('kernel')}
            <select
              value={ref.kernelId ?? ''}
              onChange={(event) => onKernel(event.currentTarget.value === '' ? null : event.currentTarget.value)}
            >
              {kernels.map(({ id, hostname, role }) => (
                <option key={id} value={role === 'main' ? '' : id}>
                  {hostname}
                </option>
              ))}
            </select>
          </label>
        )}
        <TextInput
          ref={find}
          id={findId}
          className={style.find ?? ''}
          size="xs"
          aria-label={t('find')}
          placeholder={t('find')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === 'F3') {
              event.preventDefault();
              go(event.shiftKey ? -1 : 1);
            }
          }}
          autoComplete="off"
          spellCheck={false}
        />
        <span role="status" className={style.count}>
          {text !== '' && <FoundWords found={found} busy={busy} />}
        </span>
        <IconButton icon="chevronUp" label={t('find.previous')} shortcut="Shift Enter" onClick={() => go(-1)} />
        <IconButton icon="chevronDown" label={t('find.next')} shortcut="Enter" onClick={() => go(1)} />
        <Checkbox
          size="xs"
          label={t('matchCase')}
          checked={matchCase}
          onChange={(event) => setMatchCase(event.currentTarget.checked)}
        />
        <span className={style.spacer} />
        <Checkbox
          size="xs"
          label={t('wrap')}
          checked={wrap}
          onChange={(event) => setWrap(event.currentTarget.checked)}
        />
        <Checkbox
          size="xs"
          label={t('follow')}
          title={t('follow.tip')}
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        <IconButton icon="refresh" label={t('refresh')} onClick={() => pages.refresh()} />
      </div>
      {problem && <ErrorNotice error={problem} />}
      {(state?.dropped ?? 0) > 0 && <p className={style.note}>{t('dropped', { count: state?.dropped ?? 0 })}</p>}
      {state === null || (state.state === 'loading' && !problem) ? (
        <Loading words={t('loading')} />
      ) : bytes === 0 ? (
        !problem && <Empty icon="log" title={t(state.state === 'following' ? 'empty' : 'empty.ended')} />
      ) : (
        <LogLines
          ref={lines}
          pages={pages}
          lines={state.lines}
          version={version}
          gaps={state.gaps}
          freshFrom={freshFrom}
          wrap={wrap}
          follow={follow}
          onFollow={setFollow}
          wanted={{ text, matchCase }}
          current={current}
          label={t('title', { name })}
        />
      )}
      {saving && <SaveLog log={ref} name={name} />}
      <footer className={style.foot}>
        <span className="soft numbers" role="status">
          {state !== null && bytes > 0 && (
            <>
              {t('size', { count: state.lines, size: formatBytes(bytes) })}
              {' · '}
              {state.state === 'ended' || state.state === 'kept'
                ? t(`state.${state.state}`)
                : state.asOf && t('state.following', { time: clockTime(state.asOf) })}
            </>
          )}
        </span>
        <span className={style.spacer} />
        <CopyLog log={ref} bytes={bytes} lines={state?.lines ?? 0} />
        <Button size="xs" variant="default" disabled={bytes === 0} onClick={() => setSaving((now) => !now)}>
          {t('save')}
        </Button>
      </footer>
    </div>
  );
}

function FoundWords({
  found,
  busy,
}: {
  readonly found: ReturnType<typeof useSearch>['found'];
  readonly busy: boolean;
}) {
  const t = useWords();
  if (busy || found === null) return t('find.busy');
  if (found.lines.length === 0) return t('find.none');
  return t(found.complete ? 'find.place' : 'find.more', { at: found.at + 1, n: found.lines.length });
}

function CopyLog({ log, bytes, lines }: { readonly log: LogRef; readonly bytes: number; readonly lines: number }) {
  const t = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    const parts: string[] = [];
    for (let from = 0; from < lines; from += 1000) {
      const answer = await berth.logs.read({ ...log, from, count: 1000 });
      for (const { text } of answer.lines)
        parts.push(
          parseLine(text, plainStyle)
            .pieces.map((it) => it.text)
            .join(''),
        );
      if (answer.lines.length === 0) break;
    }
    await navigator.clipboard.writeText(parts.join('\n'));
    setCopied(true);
  };
  const long = bytes > maxCopyBytes;
  return (
    <>
      <span role="status" className="soft">
        {copied ? t('copied') : ''}
      </span>
      <IconButton
        icon={copied ? 'check' : 'copy'}
        label={t('copy')}
        reason={long ? t('copy.long') : bytes === 0 ? t('empty') : undefined}
        onClick={() => void copy()}
      />
    </>
  );
}
