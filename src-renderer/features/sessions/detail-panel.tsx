/** Everything about the chosen session, beside the list. Sections fold and remember it. */
import { type ReactNode, useEffect, useRef } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { useRemembered } from '../../state/remembered.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { exactTime, formatAccelerators, formatBytes, formatNumber, longDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { readKeptScroll, useKeptScroll } from '../../ui/use-kept-scroll.ts';
import { useNow } from '../../ui/use-now.ts';
import { possible } from './action-policy.ts';
import style from './detail-panel.module.css';
import { History } from './history.tsx';
import { type Act, Controls } from './session-cells.tsx';
import { phaseSince, StatusShape, StatusWord } from './status.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly session: Session | undefined;
  readonly isPending: boolean;
  readonly act: Act;
  readonly menuOpen: boolean;
  readonly onRename: (session: Session) => void;
  readonly onLog: (session: Session, kernelId: string | null) => void;
  readonly renderLogTail: (session: Session) => ReactNode;
  readonly onClose: () => void;
}

export function DetailPanel({ session, isPending, act, menuOpen, onRename, onLog, renderLogTail, onClose }: Props) {
  const t = useWords();
  const language = useLanguage();
  if (!session) {
    return (
      <aside className={style.panel} aria-label={t('panel.facts')}>
        <header className={style.header}>
          <span className={style.name} />
          <IconButton icon="close" label={t('panel.close')} shortcut="Esc" onClick={onClose} />
        </header>
        {isPending ? <Loading /> : <p className={style.empty}>{t('panel.gone')}</p>}
      </aside>
    );
  }
  const can = possible(session);
  return (
    <aside className={style.panel} aria-label={t('panel.of', { name: session.name })}>
      <header className={style.header}>
        <h2 className={style.name}>{session.name}</h2>
        {can.rename && <IconButton icon="rename" label={t('more.rename')} onClick={() => onRename(session)} />}
        {can.log && <IconButton icon="log" label={t('more.log')} onClick={() => onLog(session, null)} />}
        <IconButton icon="close" label={t('panel.close')} shortcut="Esc" onClick={onClose} />
      </header>
      <p className={style.status}>
        <StatusShape family={session.family} />
        <StatusWord session={session} />
        <StatusAge session={session} />
      </p>
      <div className={style.controls}>
        <Controls session={session} act={act} menuOpen={menuOpen} words />
      </div>
      <Body key={session.id}>
        {session.reasons.length > 0 && (
          <Section name="reasons" title={t(session.family === 'broken' ? 'panel.reasonsFailed' : 'panel.reasons')}>
            <ul className={style.lines}>
              {session.reasons.map((it) => (
                <li key={it}>{it}</li>
              ))}
            </ul>
          </Section>
        )}
        <Section name="given" title={t('panel.given')}>
          <dl className={style.facts}>
            <Fact label="CPU">{t('panel.cores', { n: formatNumber(Number(session.slots.cpu ?? 0)) })}</Fact>
            <Fact label={t('column.memory')}>{formatBytes(Number(session.slots.mem ?? 0))}</Fact>
            {session.shmemBytes !== null && <Fact label={t('panel.shmem')}>{formatBytes(session.shmemBytes)}</Fact>}
            <Fact label="GPU">{formatAccelerators(session.slots)}</Fact>
          </dl>
        </Section>
        <Section name="folders" title={t('panel.folders')}>
          {session.mounts.length === 0 ? (
            <p className={style.note}>{t('panel.noFolders')}</p>
          ) : (
            <ul className={style.lines}>
              {session.mounts.map((it) => (
                <li key={it}>{it}</li>
              ))}
            </ul>
          )}
        </Section>
        <Section name="facts" title={t('panel.facts')}>
          <dl className={style.facts}>
            <Fact label={t('panel.id')}>
              <span className={`${style.id} mono`}>{session.id}</span>
              <CopyButton text={session.id} label={t('panel.copyId')} />
            </Fact>
            <Fact label={t('panel.status')}>{session.status}</Fact>
            {session.statusInfo && <Fact label={t('panel.statusInfo')}>{session.statusInfo}</Fact>}
            <Fact label={t('panel.environment')}>{session.environment}</Fact>
            <Fact label={t('panel.image')}>
              <span className="mono">
                {session.image} ({session.architecture})
              </span>
            </Fact>
            <Fact label={t('panel.type')}>{session.type}</Fact>
            {session.project && <Fact label={t('panel.project')}>{session.project}</Fact>}
            {session.resourceGroup && <Fact label={t('panel.group')}>{session.resourceGroup}</Fact>}
            <Fact label={t('panel.created')}>{exactTime(session.createdAt, language)}</Fact>
            {session.startedAt && <Fact label={t('panel.started')}>{exactTime(session.startedAt, language)}</Fact>}
            {session.terminatedAt && <Fact label={t('panel.ended')}>{exactTime(session.terminatedAt, language)}</Fact>}
          </dl>
        </Section>
        {session.kernels.length > 1 && (
          <Section name="kernels" title={t('panel.kernels')}>
            <ul className={style.lines}>
              {session.kernels.map((it) => (
                <li key={it.id}>
                  {it.hostname} · {it.role} · {it.status}
                </li>
              ))}
            </ul>
          </Section>
        )}
        <Section name="history" title={t('panel.history')}>
          <History session={session} />
        </Section>
        {can.log && (
          <Section name="log" title={t('panel.log')} closed>
            {renderLogTail(session)}
          </Section>
        )}
      </Body>
    </aside>
  );
}

function StatusAge({ session }: { readonly session: Session }) {
  const t = useWords();
  const language = useLanguage();
  const now = useNow('second');
  const since = session.family === 'finished' ? session.terminatedAt : phaseSince(session);
  if (since === null) return null;
  return (
    <span className="soft numbers" data-tip={exactTime(since, language)}>
      {t('panel.since', { duration: longDuration(now - Date.parse(since), language) })}
    </span>
  );
}

/** Scrolls by itself and keeps its place across reloads. */
function Body({ children }: { readonly children: ReactNode }) {
  const box = useRef<HTMLElement>(null);
  useKeptScroll(box, 'berth.panel.scroll');
  useEffect(() => {
    if (box.current) box.current.scrollTop = readKeptScroll('berth.panel.scroll');
  }, []);
  return (
    <section ref={box} className={style.body}>
      {children}
    </section>
  );
}

function Section({
  name,
  title,
  closed = false,
  children,
}: {
  readonly name: string;
  readonly title: string;
  /** Folded until somebody opens it, and nothing in it is asked for before. */
  readonly closed?: boolean;
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useRemembered(`panel.${name}`, !closed);
  return (
    <details className={style.section} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={style.sectionTitle}>{title}</summary>
      {open && children}
    </details>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
