/** One pane: a terminal with what belongs to it alone (its failure, its search, the link under the pointer). */
import { type CSSProperties, useEffect, useSyncExternalStore } from 'react';
import { formatBytes } from '../../ui/format.ts';
import type { CopyRequest } from './copy-policy.ts';
import { HollowCursor } from './hollow-cursor.tsx';
import { keysOf } from './keys-policy.ts';
import type { Box } from './layout-policy.ts';
import style from './pane.module.css';
import { isMac } from './platform.ts';
import type { HoveredLink, ScreenOptions } from './screen.ts';
import { SearchStrip } from './search-strip.tsx';
import { Failure } from './state-bar.tsx';
import type { Snapshot } from './terminal-connection.ts';
import { acceptsInput, initialTerminalState } from './terminal-state-policy.ts';
import { surfaceOf } from './terminal-theme.ts';
import { useWords } from './terminal-words.ts';
import { type Attached, useScreen } from './use-screen.ts';

/** What happens in a pane, by its id. Steady over renders. */
export interface PaneActions {
  attached(pane: string, attached: Attached | null): void;
  focused(pane: string): void;
  /** Its shell ended well. */
  left(pane: string): void;
  /** Another window shows its shell now. */
  moved(pane: string): void;
  endSearch(): void;
  open(url: string): void;
  titled(pane: string, title: string): void;
  rang(pane: string): void;
  programCopied(request: CopyRequest): void;
  copied(text: string): void;
  pasted(pane: string, text: string): void;
}

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly terminalId: string;
  /** Name for who does not see where it stands. */
  readonly label: string;
  /** Null: its tab is not shown. */
  readonly box: Box | null;
  readonly hasKeys: boolean;
  /** It is the one that its tab types into. */
  readonly isActive: boolean;
  /** It stands beside others. */
  readonly isOneOfMany: boolean;
  readonly isSearching: boolean;
  readonly flash: number;
  readonly screen: ScreenOptions;
  readonly actions: PaneActions;
}

export function Pane(props: Props) {
  const { accountId, sessionId, terminalId, box, hasKeys, isSearching, screen: options, actions } = props;
  const t = useWords();
  const isVisible = box !== null;
  const { host, attached, link, results } = useScreen({
    accountId,
    sessionId,
    terminalId,
    isVisible,
    screen: options,
    freshShellWords: t('freshShell'),
    skippedWords: (bytes) => t('skipped', { size: formatBytes(bytes) }),
    onOpen: actions.open,
    onTitle: (title) => actions.titled(terminalId, title),
    onBell: () => actions.rang(terminalId),
    onProgramCopy: actions.programCopied,
    onCopy: actions.copied,
    onPaste: (text) => actions.pasted(terminalId, text),
  });
  const { screen, connection } = attached ?? {};
  const shown = usePaneState(attached);
  const live = acceptsInput(shown.phase);
  const left = shown.phase.at === 'exited' && shown.phase.code === 0;

  useEffect(() => actions.attached(terminalId, attached), [terminalId, attached, actions]);
  useEffect(() => {
    if (left) actions.left(terminalId);
  }, [terminalId, left, actions]);
  const moved = shown.phase.at === 'moved';
  useEffect(() => {
    if (moved) actions.moved(terminalId);
  }, [terminalId, moved, actions]);
  useEffect(() => {
    if (isVisible && hasKeys && !isSearching) screen?.focus();
  }, [screen, isVisible, hasKeys, isSearching]);

  const thenFocus = (act: (() => void) | undefined) => () => {
    act?.();
    screen?.focus();
  };
  const place: CSSProperties = box
    ? {
        left: `${box.left * 100}%`,
        top: `${box.top * 100}%`,
        width: `${box.width * 100}%`,
        height: `${box.height * 100}%`,
        background: surfaceOf(options.look),
      }
    : { display: 'none' };
  return (
    <section
      className={style.pane}
      style={place}
      aria-label={props.label}
      data-live={live}
      data-keys={props.isActive && props.isOneOfMany}
      data-terminal={terminalId}
      data-active={props.isActive}
      onFocusCapture={() => actions.focused(terminalId)}
    >
      <div className={style.screen} ref={host} />
      {!live && shown.over !== null && screen && isVisible && <HollowCursor screen={screen} />}
      {props.flash > 0 && <div key={props.flash} className={style.flash} aria-hidden="true" />}
      <Failure
        phase={shown.phase}
        onRetry={thenFocus(() => (shown.phase.at === 'failed' ? connection?.retry() : connection?.start()))}
      />
      {isSearching && screen && (
        <SearchStrip
          screen={screen}
          results={results}
          onClose={thenFocus(() => {
            screen.endSearch();
            actions.endSearch();
          })}
        />
      )}
      {link && <LinkTip link={link} />}
    </section>
  );
}

function LinkTip({ link }: { readonly link: HoveredLink }) {
  const t = useWords();
  return (
    <div className={style.linkTip} role="status">
      {link.url === null ? (
        <span>{t('link.refused')}</span>
      ) : (
        <>
          <span className="ellipsis mono">{link.url}</span>
          <span className="soft">{t('link.open', { key: keysOf('openLink', isMac) })}</span>
        </>
      )}
    </div>
  );
}

const never = () => () => {};
const idle: Snapshot = {
  ...initialTerminalState(Date.now()),
  held: 0,
  heldFull: false,
  dropped: 0,
  pasting: null,
  cutPaste: null,
  doubt: null,
};
const nothing = (): Snapshot => idle;

/** What a pane's connection tells, also before there is one. */
export function usePaneState(attached: Attached | null): Snapshot {
  const connection = attached?.connection;
  return useSyncExternalStore(connection?.subscribe ?? never, connection?.snapshot ?? nothing);
}
