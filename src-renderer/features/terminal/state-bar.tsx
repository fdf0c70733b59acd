/** The thin bar in the strip, there only while the link or the shell is not. */
import type { ConnectionState } from '../../../src-preload/client.ts';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { formatBytes } from '../../ui/format.ts';
import { useElapsed } from '../../ui/loading.tsx';
import { Bar } from './bar.tsx';
import { InDoubt } from './in-doubt.tsx';
import style from './state-bar.module.css';
import type { Snapshot } from './terminal-connection.ts';
import { isBridgeLost, secondsUntil, type TerminalPhase } from './terminal-state-policy.ts';
import { useWords } from './terminal-words.ts';

/** Short waits say nothing: a bar that flashes by disturbs more than it tells. */
const quietMs = 400;
const secondsFromMs = 3000;
/** Shorter pastes are through before anyone could read of them. */
const longPasteBytes = 256 * 1024;

interface Props {
  readonly shown: Snapshot;
  readonly bridge: ConnectionState;
  readonly onRetry: () => void;
  readonly onRestart: () => void;
  readonly onDiscard: () => void;
  readonly onForgetDropped: () => void;
  readonly onCancelPaste: () => void;
  readonly onTypeAgain: () => void;
  readonly onForgetDoubt: () => void;
}

/** Nothing is wrong with the shell or under way, so that something else can be said. */
export function isQuiet({ phase, cutPaste, dropped, doubt, pasting }: Snapshot, bridge: ConnectionState): boolean {
  const isWell = phase.at === 'live' && phase.lateSinceMs === undefined;
  return bridge !== 'other-version' && isWell && !cutPaste && dropped === 0 && doubt === null && pasting === null;
}

export function StateBar(props: Props) {
  const t = useWords();
  const { shown, bridge, onRetry, onRestart } = props;
  const { phase } = shown;
  if (bridge === 'other-version') {
    return <Bar kind="warning" words={t('otherVersion')} action={t('reload')} onAct={() => location.reload()} />;
  }
  if (phase.at === 'ended') {
    return (
      <Bar kind="info" words={t('ended')} more={t('ended.help')} action={t('closeWindow')} onAct={() => close()} />
    );
  }
  if (phase.at === 'exited') {
    const words = phase.code ? t('exitedCode', { code: phase.code }) : t('exited');
    return <Bar kind="info" words={words} action={t('startAgain')} onAct={onRestart} />;
  }
  if (phase.at === 'moved') return <Bar kind="info" words={t('moved')} action={t('moved.here')} onAct={onRestart} />;
  if (isBridgeLost(phase)) return <Bar kind="warning" words={t('bridge')} more={<Held {...props} />} />;
  if (phase.at === 'failed' || phase.at === 'closed') {
    const act = phase.at === 'failed' ? onRetry : onRestart;
    // An error has more to say than a bar can hold: see `Failure`.
    if (phase.error) return null;
    return <Bar kind="warning" words={t('closed')} action={t('startAgain')} onAct={act} />;
  }
  if (phase.at === 'connecting') return <Connecting key={phase.sinceMs} {...props} phase={phase} />;
  if (phase.at === 'lost') return <Lost key={phase.sinceMs} {...props} phase={phase} />;
  if (phase.at === 'idle') {
    return <Bar kind="info" words={t('idle')} more={<Held {...props} />} action={t('connect')} onAct={onRetry} />;
  }
  if (phase.at === 'live' && phase.lateSinceMs !== undefined) {
    return <Late key={phase.lateSinceMs} sinceMs={phase.lateSinceMs} />;
  }
  if (shown.cutPaste) {
    const { sentBytes, totalBytes } = shown.cutPaste;
    const words = t('pasteCut', { sent: formatBytes(sentBytes), total: formatBytes(totalBytes) });
    return <Bar kind="warning" words={words} action={t('dismiss')} onAct={props.onForgetDropped} />;
  }
  if (shown.dropped > 0) {
    const words = t('dropped', { count: shown.dropped });
    return <Bar kind="warning" words={words} action={t('dismiss')} onAct={props.onForgetDropped} />;
  }
  if (shown.doubt) return <InDoubt {...props} doubt={shown.doubt} />;
  if (shown.pasting && shown.pasting.totalBytes > longPasteBytes) {
    const { sentBytes, totalBytes } = shown.pasting;
    const words = t('pasting', { sent: formatBytes(sentBytes), total: formatBytes(totalBytes) });
    return <Bar kind="info" words={words} action={t('cancel')} onAct={props.onCancelPaste} />;
  }
  return null;
}

/** Why there is no shell, over the screen. */
export function Failure({ phase, onRetry }: { readonly phase: TerminalPhase; readonly onRetry: () => void }) {
  if ((phase.at !== 'failed' && phase.at !== 'closed') || !phase.error || isBridgeLost(phase)) return null;
  return (
    <div className={style.failure}>
      <ErrorNotice error={phase.error} onRetry={onRetry} />
    </div>
  );
}

type Of<At> = Props & { readonly phase: Extract<TerminalPhase, { at: At }> };

function Connecting({ phase, ...props }: Of<'connecting'>) {
  const t = useWords();
  const elapsedMs = useElapsed(phase.sinceMs);
  const held = props.shown.held > 0;
  if (phase.again) return <LostBar {...props} agoMs={elapsedMs} nextTryMs={null} trying />;
  // The first tick of `useElapsed` comes after a second, well past the quiet time.
  if (elapsedMs < quietMs && !held) return null;
  const seconds = Math.floor(elapsedMs / 1000);
  const words = elapsedMs < secondsFromMs ? t('connecting') : t('connectingSeconds', { seconds });
  return <Bar kind="info" words={words} more={<Held {...props} />} />;
}

function Late({ sinceMs }: { readonly sinceMs: number }) {
  const t = useWords();
  const elapsedMs = useElapsed(sinceMs);
  return <Bar kind="info" words={t('late', { seconds: Math.floor(elapsedMs / 1000) })} />;
}

function Lost({ phase, ...props }: Of<'lost'>) {
  const t = useWords();
  const elapsedMs = useElapsed(phase.sinceMs);
  if (phase.waitsFor === 'sign-in') return <Bar kind="warning" words={t('signIn')} more={<Held {...props} />} />;
  if (phase.waitsFor === 'network') {
    const more = <Held {...props} />;
    return <Bar kind="warning" words={t('noNetwork')} more={more} action={t('tryNow')} onAct={props.onRetry} />;
  }
  const { error } = phase;
  const trying = error?.params.reason !== 'asleep' && error?.params.reason !== 'ending';
  return <LostBar {...props} agoMs={elapsedMs} nextTryMs={phase.nextTryMs} trying={trying} error={error} />;
}

interface LostProps extends Props {
  readonly agoMs: number;
  readonly nextTryMs: number | null;
  /** It is being tried when no time of a next try is known. */
  readonly trying: boolean;
  /** Why it is lost. */
  readonly error?: ErrorValue | undefined;
}

function LostBar({ agoMs, nextTryMs, trying, error, ...props }: LostProps) {
  const t = useWords();
  const sentences = useErrorSentences();
  const ago = Math.floor(agoMs / 1000);
  const seconds = secondsUntil(nextTryMs, Date.now());
  const words =
    seconds !== null ? t('lost.in', { ago, seconds }) : trying ? t('lost.now', { ago }) : t('lost.wait', { ago });
  // What is typed matters more than why; both rarely fit.
  const more = props.shown.held > 0 ? <Held {...props} /> : error && sentences(error).what;
  return <Bar kind="warning" words={words} more={more} action={t('tryNow')} onAct={props.onRetry} />;
}

function Held({ shown, onDiscard }: Props) {
  const t = useWords();
  if (shown.held === 0) return null;
  return (
    <>
      {t('held', { count: shown.held })}
      {shown.heldFull && ` · ${t('heldFull')}`}
      <button type="button" onClick={onDiscard}>
        {t('discard')}
      </button>
    </>
  );
}
