/**
 * What there is beside the list, one look at a time (web client parity P-LIST-33): what runs by type, what is new in the
 * project, use of each project, room on each volume. Each part asks for itself and stands alone. Nothing is asked while it is closed.
 */
import type { Project } from '../../../../src-preload/contract/sites.ts';
import style from './overview.module.css';
import { ProjectsPart } from './projects-part.tsx';
import { RecentPart } from './recent-part.tsx';
import { RunningPart } from './running-part.tsx';
import { VolumesPart } from './volumes-part.tsx';
import { useOverviewWords } from './words.ts';

interface Props {
  readonly accountId: string;
  /** The one that the list is about; null: the account is in none. */
  readonly project: Project | null;
  readonly projects: readonly Project[];
  readonly onShow: (sessionId: string) => void;
}

export function Overview({ accountId, project, projects, onShow }: Props) {
  const t = useOverviewWords();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={style.overview} aria-label={t('title')} tabIndex={0}>
      <RunningPart accountId={accountId} />
      <RecentPart accountId={accountId} project={project} onShow={onShow} />
      <ProjectsPart accountId={accountId} projects={projects} first={project} />
      <VolumesPart accountId={accountId} project={project} />
    </section>
  );
}
