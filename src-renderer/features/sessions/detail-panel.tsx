/** Everything about the chosen session, beside the list. Sections fold and remember it. */
import { type ReactNode, useContext, useEffect, useRef } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import type { SessionTarget } from '../../bridge.ts';
import { useLanguage } from '../../i18n/words.ts';
import { useSessionRules } from '../../state/use-session-rules.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { exactTime, longDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { readKeptScroll, useKeptScroll } from '../../ui/use-kept-scroll.ts';
import { useNow } from '../../ui/use-now.ts';
import { isOthers, possible } from './action-policy.ts';
import { CommitSection } from './commit-section.tsx';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { EndSection, hasEndReason } from './end-section.tsx';
import { FailedStart } from './failed-start.tsx';
import { Failures } from './failures.tsx';
import { GivenSection } from './given-section.tsx';
import { History } from './history.tsx';
import { applying } from './idle-policy.ts';
import { IdleSection, IdleWarning } from './idle-section.tsx';
import { KernelsSection } from './kernels-section.tsx';
import { MissingSession } from './missing-session.tsx';
import { MountedSection } from './mounted-section.tsx';
import { NowSection } from './now-section.tsx';
import { PanelName } from './panel-name.tsx';
import { Fact, Section } from './panel-section.tsx';
import { AuditSection } from './record/audit-section.tsx';
import { RoundsButton } from './record/rounds-dialog.tsx';
import { RelativesSection } from './relatives-section.tsx';
import { type Act, Controls, OwnKey, OwnProjects } from './session-cells.tsx';
import { phaseSince, StatusShape, StatusWord } from './status.tsx';
import { useSessionLink } from './use-session-link.ts';
import type { FoundSession } from './use-sessions.ts';
import { WaitingSection } from './waiting-section.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly found: FoundSession;
  readonly act: Act;
  readonly menuOpen: boolean;
  readonly onLog: (session: Session, kernelId: string | null) => void;
  readonly renderLogTail: (session: Session) => ReactNode;
  /** Shows another session in the panel. */
  readonly onShow: (sessionId: string) => void;
  readonly onLaunchAgain: (target: SessionTarget) => void;
  readonly onClose: () => void;
}

export function DetailPanel(props: Props) {
  const { accountId, sessionId, found, act, menuOpen, onLog, renderLogTail, onShow, onLaunchAgain, onClose } = props;
  const t = useWords();
  const d = useDetailWords();
  const link = useSessionLink(accountId, sessionId);
  const rules = useSessionRules(accountId);
  const { session } = found;
  if (!session) {
    return (
      <aside className={style.panel} aria-label={t('panel.facts')}>
        <header className={style.header}>
          <span className={style.name} />
          <IconButton icon="close" label={t('panel.close')} shortcut="Esc" onClick={onClose} />
        </header>
        {found.isPending ? (
          <Loading />
        ) : (
          <MissingSession accountId={accountId} sessionId={sessionId} error={found.error} onRetry={found.refetch} />
        )}
      </aside>
    );
  }
  const can = possible(session);
  const waits = session.family === 'waiting';
  const runs = session.family === 'running';
  return (
    <aside className={style.panel} aria-label={t('panel.of', { name: session.name })}>
      <header className={style.header}>
        <PanelName key={session.id} accountId={accountId} session={session} canRename={can.rename} />
        {link !== null && <CopyButton icon="link" text={link} label={t('more.copyLink')} />}
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
        <WhoseWarning session={session} />
        <IdleWarning session={session} />
        {waits && (
          <Section name="waiting" title={t('panel.reasons')}>
            <WaitingSection accountId={accountId} session={session} onShow={onShow} />
          </Section>
        )}
        {hasEndReason(session) && (
          <Section name="end" title={d(session.family === 'broken' ? 'end.failed' : 'end.title')}>
            <EndSection session={session} />
            <Failures failures={session.failures ?? []} showsAgents={rules?.agents === true} />
            <FailedStart
              accountId={accountId}
              session={session}
              onLaunchAgain={() => onLaunchAgain({ accountId, sessionId: session.id })}
            />
          </Section>
        )}
        {runs && (
          <Section name="now" title={d('now.title')}>
            <NowSection accountId={accountId} session={session} />
          </Section>
        )}
        <Section name="given" title={t('panel.given')}>
          <GivenSection session={session} />
        </Section>
        <Section name="folders" title={t('panel.folders')}>
          <MountedSection accountId={accountId} session={session} />
        </Section>
        <Section name="facts" title={t('panel.facts')}>
          <Facts session={session} showsAgents={rules?.agents === true} />
        </Section>
        {session.kernels.length > 0 && (
          <Section
            name={session.kernels.length > 1 ? 'kernels' : 'kernel'}
            title={t('panel.kernels')}
            closed={session.kernels.length === 1}
          >
            <KernelsSection
              session={session}
              canLog={can.log}
              showsAgents={rules?.agents === true}
              onLog={(kernelId) => onLog(session, kernelId)}
            />
          </Section>
        )}
        <RelativesSection accountId={accountId} session={session} onShow={onShow} />
        <Section name="history" title={t('panel.history')}>
          <History accountId={accountId} session={session} />
          <RoundsButton accountId={accountId} session={session} />
        </Section>
        <AuditSection accountId={accountId} sessionId={session.id} />
        {applying(session).length > 0 && (
          <Section name="idle" title={d('idle.title')}>
            <IdleSection session={session} />
          </Section>
        )}
        {runs && session.type === 'interactive' && (
          <Section name="commit" title={d('commit.section')}>
            <CommitSection accountId={accountId} session={session} />
          </Section>
        )}
        {can.log && (
          <Section name="log" title={t('panel.log')} closed>
            {renderLogTail(session)}
          </Section>
        )}
      </Body>
    </aside>
  );
}

function Facts({ session, showsAgents }: { readonly session: Session; readonly showsAgents: boolean }) {
  const t = useWords();
  const language = useLanguage();
  const image = `${session.image} (${session.architecture})`;
  return (
    <dl className={style.facts}>
      <Fact label={t('panel.id')}>
        <span className={`${style.id} mono`}>{session.id}</span>
        <CopyButton text={session.id} label={t('panel.copyId')} />
      </Fact>
      <Fact label={t('panel.status')}>{session.status}</Fact>
      {session.statusInfo && session.family !== 'waiting' && (
        <Fact label={t('panel.statusInfo')}>{session.statusInfo}</Fact>
      )}
      <Fact label={t('panel.environment')}>{session.environment}</Fact>
      <Fact label={t('panel.image')}>
        <span className={`${style.id} mono`}>{image}</span>
        <CopyButton text={session.image} label={t('panel.copyImage')} />
      </Fact>
      <Fact label={t('panel.type')}>{session.type}</Fact>
      {session.startupCommand && (
        <Fact label={t('panel.command')}>
          <span className="mono">{session.startupCommand}</span>
        </Fact>
      )}
      <Fact label={t('panel.cluster')}>
        {t('panel.containers', { count: session.clusterSize })}
        {session.clusterSize > 1 && session.clusterMode ? ` · ${session.clusterMode}` : ''}
      </Fact>
      {session.result && <Fact label={t('column.result')}>{session.result}</Fact>}
      {session.priority != null && <Fact label={t('column.priority')}>{session.priority}</Fact>}
      {session.tag && <Fact label={t('panel.tag')}>{session.tag}</Fact>}
      {session.owner && <Fact label={t('column.owner')}>{session.owner}</Fact>}
      {session.domain && <Fact label={t('column.domain')}>{session.domain}</Fact>}
      {session.project && <Fact label={t('panel.project')}>{session.project}</Fact>}
      {session.resourceGroup && <Fact label={t('panel.group')}>{session.resourceGroup}</Fact>}
      {showsAgents && (session.agents ?? []).length > 0 && (
        <Fact label={t('panel.agents')}>{session.agents?.join(', ')}</Fact>
      )}
      <Fact label={t('panel.created')}>{exactTime(session.createdAt, language)}</Fact>
      {session.startedAt && <Fact label={t('panel.started')}>{exactTime(session.startedAt, language)}</Fact>}
      <Elapsed session={session} />
      {session.terminatedAt && <Fact label={t('panel.ended')}>{exactTime(session.terminatedAt, language)}</Fact>}
    </dl>
  );
}

/** How long it has run, or ran in all; of one that never ran, how long it has been there. */
function Elapsed({ session }: { readonly session: Session }) {
  const t = useWords();
  const language = useLanguage();
  const now = useNow('second');
  const until = session.terminatedAt === null ? now : Date.parse(session.terminatedAt);
  const ms = Math.max(0, until - Date.parse(session.startedAt ?? session.createdAt));
  return <Fact label={t('panel.elapsed')}>{longDuration(ms, language)}</Fact>;
}

/** A session of somebody else, or of a project that is not among one's own (web client parity P-DETAIL-02). */
function WhoseWarning({ session }: { readonly session: Session }) {
  const t = useWords();
  const ownKey = useContext(OwnKey);
  const projects = useContext(OwnProjects);
  const others = isOthers(session, ownKey);
  const elsewhere = session.project !== null && projects.length > 0 && !projects.includes(session.project);
  if (!others && !elsewhere) return null;
  const owner = session.owner ?? session.accessKey ?? '?';
  return (
    <p role="status" className={style.warning}>
      {others && t('panel.others', { owner })}{' '}
      {elsewhere && t('panel.otherProject', { project: session.project ?? '' })}
    </p>
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
