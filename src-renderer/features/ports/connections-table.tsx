/** The live connection of each session in use: its state in words, what runs over it, and a way to try now. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Link } from '../../../src-preload/contract/links.ts';
import { berth } from '../../bridge.ts';
import { Cell, RowHeader } from '../../ui/cells.tsx';
import { formatBytes } from '../../ui/format.ts';
import { ItemTable } from '../../ui/item-table.tsx';
import { useDetourWords } from '../../ui/link/detours.tsx';
import { canTryNow, useLinkTexts, useLinkWords } from '../../ui/link/link-words.ts';
import { useNow } from '../../ui/use-now.ts';
import style from './ports.module.css';
import { useWords } from './words.ts';

const columns = ['session', 'state', 'terminals', 'apps', 'traffic'] as const;
/** Two accounts of one site may use the same session. */
const idOf = ({ accountId, sessionId }: Link): string => `${accountId} ${sessionId}`;

interface Props {
  readonly links: readonly Link[];
  /** Decides about a changed host key or a missing key. */
  readonly onLook: (link: Link) => void;
}

export function ConnectionsTable({ links, onLook }: Props) {
  const t = useWords();
  return (
    <ItemTable
      label={t('connections')}
      widths={style.columns}
      columns={[
        ...columns.map((id) => ({ id, title: t(`column.${id}`), className: style[id] })),
        { id: 'controls', title: t('column.controls'), untitled: true },
      ]}
      items={links}
      idOf={idOf}
      rowHeight={52}
      render={(link) => <Cells link={link} onLook={() => onLook(link)} />}
      scrollKey="berth.ports.scroll"
    />
  );
}

function Cells({ link, onLook }: { readonly link: Link; readonly onLook: () => void }) {
  const t = useWords();
  const texts = useLinkTexts();
  const retry = useMutation({
    mutationFn: () => berth.links.retry({ accountId: link.accountId, sessionId: link.sessionId }),
  });
  const words = useDetourWords();
  const detours = link.detours.map((detour) => words(detour, detour.service));
  const wantsKey = link.error?.code === 'key-missing' || link.error?.code === 'key-refused';
  const hostKey = link.error?.code === 'host-key-changed';
  return (
    <>
      <RowHeader className={`${style.session} ellipsis`}>{link.sessionName}</RowHeader>
      <Cell className={style.state}>
        <StateWords link={link} />
      </Cell>
      <Cell className={`${style.terminals} numbers`}>{link.terminals === 0 ? t('none') : link.terminals}</Cell>
      <Cell className={style.apps} tip={detours.map(({ sentence }) => sentence).join(' ') || link.apps.join(', ')}>
        <span className="ellipsis">{link.apps.length === 0 ? t('none') : link.apps.join(', ')}</span>
        {detours[0] && <span className={`${style.second} ellipsis`}>{detours[0].way}</span>}
      </Cell>
      <Cell className={`${style.traffic} numbers`}>
        {formatBytes(link.bytesIn)} / {formatBytes(link.bytesOut)}
      </Cell>
      <Cell className={style.controls}>
        {hostKey || wantsKey ? (
          <Button variant="default" size="compact-md" onClick={onLook}>
            {t(hostKey ? 'look' : 'chooseKey')}
          </Button>
        ) : (
          canTryNow(link) && (
            <Button variant="default" size="compact-md" loading={retry.isPending} onClick={() => retry.mutate()}>
              {texts('tryNow')}
            </Button>
          )
        )}
      </Cell>
    </>
  );
}

function StateWords({ link }: { readonly link: Link }) {
  const { kind, state, next } = useLinkWords()(link, useNow('second'));
  return (
    <>
      <span data-kind={kind} className="ellipsis" data-tip={state}>
        {state}
      </span>
      {next !== null && (
        <span className={`${style.second} ellipsis numbers`} data-tip={next}>
          {next}
        </span>
      )}
    </>
  );
}
