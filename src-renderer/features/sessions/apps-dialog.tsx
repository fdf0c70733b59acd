/** Apps of a session as tiles; one click opens the window. */
import { useQuery } from '@tanstack/react-query';
import type { AppTile } from '../../../src-preload/contract/links.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth, openAppWindow, openTerminalWindow } from '../../bridge.ts';
import { useLinks } from '../../state/use-links.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { DetourLines } from '../../ui/link/detours.tsx';
import { LinkLine } from '../../ui/link/link-line.tsx';
import { Loading } from '../../ui/loading.tsx';
import style from './dialogs.module.css';
import { useWords } from './words.ts';

const order = ['development', 'machine-learning', 'desktop', 'utilities', 'other', 'ports'] as const;

const byService: Readonly<Record<string, IconName>> = {
  jupyter: 'notebook',
  jupyterlab: 'notebook',
  tensorboard: 'chart',
  vscode: 'code',
  'code-server': 'code',
  filebrowser: 'folder',
  mlflow: 'chart',
  'mlflow-ui': 'chart',
  nniboard: 'flask',
};

function iconOf(tile: AppTile): IconName {
  if (tile.opens === 'terminal') return 'terminal';
  if (tile.opens === 'ssh') return 'ssh';
  if (tile.category === 'desktop') return 'desktop';
  return byService[tile.service] ?? 'window';
}

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onSsh: () => void;
  readonly onClose: () => void;
}

export function AppsDialog({ accountId, session, onSsh, onClose }: Props) {
  const t = useWords();
  const target = { accountId, sessionId: session.id };
  const tiles = useQuery({
    queryKey: ['apps.list', accountId, session.id],
    queryFn: ({ signal }) => berth.apps.list(target, { signal }),
    staleTime: 0,
  });
  const names = useQuery({
    queryKey: ['launches.portNames', accountId, session.id],
    queryFn: () => berth.launches.portNames(target),
  });
  const link = useLinks().data?.find((it) => it.sessionId === session.id && it.accountId === accountId);
  const titleOf = (tile: AppTile) => {
    const name = names.data?.[tile.service];
    return name === undefined ? tile.title : `${name} (${tile.service})`;
  };
  const titleOfService = (service: string) => {
    const tile = tiles.data?.find((it) => it.service === service);
    return tile === undefined ? service : titleOf(tile);
  };
  const open = (tile: AppTile) => {
    if (tile.opens === 'none') return;
    if (tile.opens === 'ssh') {
      onSsh();
      return;
    }
    if (tile.opens === 'terminal') openTerminalWindow(target);
    else openAppWindow(target, tile.service);
    onClose();
  };
  const groups = order
    .map((category) => ({ category, tiles: tiles.data?.filter((it) => it.category === category) ?? [] }))
    .filter((it) => it.tiles.length > 0);

  return (
    <Dialog title={t('apps.title', { name: session.name })} width={560} onClose={onClose}>
      <LinkLine link={link} />
      <DetourLines link={link} titleOf={titleOfService} />
      {tiles.isPending && <Loading words={t('apps.loading')} />}
      {tiles.error && !tiles.data && (
        <ErrorNotice error={toErrorValue(tiles.error)} onRetry={() => void tiles.refetch()} busy={tiles.isFetching} />
      )}
      {tiles.data?.length === 0 && <Empty icon="apps" title={t('apps.none')} />}
      {groups.map(({ category, tiles: inGroup }) => (
        <section key={category} className={style.group}>
          {groups.length > 1 && <h3 className={style.groupTitle}>{t(`apps.${category}`)}</h3>}
          <div className={style.tiles}>
            {inGroup.map((tile) => (
              <button
                key={tile.service}
                type="button"
                className={style.tile}
                {...(tile.opens === 'none'
                  ? { 'aria-disabled': true, 'aria-description': t('apps.cannot'), 'data-tip': t('apps.cannot') }
                  : {})}
                onClick={() => open(tile)}
              >
                <Icon name={iconOf(tile)} size={20} />
                <span className={style.tileName}>{titleOf(tile)}</span>
              </button>
            ))}
          </div>
        </section>
      ))}
    </Dialog>
  );
}
