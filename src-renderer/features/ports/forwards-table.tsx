/** Ports that are open to this computer, with what goes through them. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Forward } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';
import { berth } from '../../bridge.ts';
import { useLanguage } from '../../i18n/words.ts';
import { Cell, RowHeader } from '../../ui/cells.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue, useErrorSentences } from '../../ui/errors/sentences.ts';
import { formatBytes, shortDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { ItemTable } from '../../ui/item-table.tsx';
import { useNow } from '../../ui/use-now.ts';
import style from './ports.module.css';
import { useWords } from './words.ts';

const columns = ['target', 'address', 'open', 'connections', 'traffic'] as const;
const idOf = (forward: Forward): string => forward.id;
const rowHeight = 52;
const headerHeight = 33;

interface Props {
  readonly forwards: readonly Forward[];
  readonly links: readonly Link[];
}

export function ForwardsTable({ forwards, links }: Props) {
  const t = useWords();
  const [failed, setFailed] = useState<unknown>(null);
  return (
    <>
      {failed !== null && (
        <div className={style.notice}>
          <ErrorNotice error={toErrorValue(failed)} />
        </div>
      )}
      <div className={style.forwards} style={{ height: headerHeight + forwards.length * rowHeight }}>
        <ItemTable
          label={t('forwards')}
          widths={style.forwardColumns}
          columns={[
            ...columns.map((id) => ({ id, title: t(`column.${id}`), className: style[id] })),
            { id: 'controls', title: t('column.controls'), untitled: true },
          ]}
          items={forwards}
          idOf={idOf}
          rowHeight={rowHeight}
          render={(forward) => {
            const link = links.find((it) => it.sessionId === forward.sessionId && it.accountId === forward.accountId);
            return <Cells forward={forward} link={link} onFailed={setFailed} />;
          }}
          scrollKey="berth.forwards.scroll"
        />
      </div>
    </>
  );
}

interface CellsProps {
  readonly forward: Forward;
  readonly link: Link | undefined;
  readonly onFailed: (error: unknown) => void;
}

function Cells({ forward, link, onFailed }: CellsProps) {
  const t = useWords();
  const address = `127.0.0.1:${forward.localPort}`;
  return (
    <>
      <RowHeader className={style.target}>
        <span className={`${style.session} ellipsis`}>{forward.sessionName}</span>
        <span className={`${style.second} ellipsis numbers`}>
          {t('target', { kernel: forward.kernel, port: forward.port })}
        </span>
      </RowHeader>
      <Cell className={style.address}>
        <span className="mono ellipsis">{address}</span>
        <CopyButton text={address} label={t('copyAddress')} />
      </Cell>
      <Cell className={style.state}>
        <StateWords forward={forward} link={link} />
      </Cell>
      <Cell className={`${style.connections} numbers`}>
        {t('nowTotal', { now: forward.connections, total: forward.total })}
      </Cell>
      <Cell className={`${style.traffic} numbers`}>
        {formatBytes(forward.bytesIn)} / {formatBytes(forward.bytesOut)}
      </Cell>
      <Cell className={style.controls}>
        <Controls forward={forward} onFailed={onFailed} />
      </Cell>
    </>
  );
}

/** Idle is as good as up: the next connection brings it up. */
function isAway(link: Link | undefined): boolean {
  return link !== undefined && link.state !== 'up' && link.state !== 'idle' && link.state !== 'degraded';
}

type Openness = 'up' | 'waiting' | 'away' | 'silent' | 'stopped' | 'failed';

const kinds: Readonly<Record<Openness, 'good' | 'waits' | 'bad' | 'plain'>> = {
  up: 'good',
  waiting: 'waits',
  away: 'waits',
  silent: 'waits',
  stopped: 'plain',
  failed: 'bad',
};

function openness({ state, waiting, error }: Forward, link: Link | undefined): Openness {
  if (state !== 'open') return state;
  if (waiting > 0) return 'waiting';
  if (isAway(link)) return 'away';
  // The session refused the last connection: no program listens on the port.
  return error?.code === 'service-failed' ? 'silent' : 'up';
}

function StateWords({ forward, link }: Pick<CellsProps, 'forward' | 'link'>) {
  const t = useWords();
  const language = useLanguage();
  const sentences = useErrorSentences();
  const now = useNow('second');
  const { state, error, errorAt } = forward;
  const how = openness(forward, link);
  const words = t(`open.${how}`);
  const what = error && sentences(error).what;
  const time = shortDuration(now - Date.parse(errorAt ?? forward.since), language);
  const second =
    what && errorAt !== null
      ? state === 'failed'
        ? what
        : how === 'silent'
          ? t('silent', { time })
          : t('ago', { what, time })
      : t(forward.pinned ? 'sincePinned' : 'since', { time: shortDuration(now - Date.parse(forward.since), language) });
  return (
    <>
      <span data-kind={kinds[how]} className="ellipsis" data-tip={words}>
        {words}
      </span>
      <span className={`${style.second} ellipsis numbers`} data-tip={what ? second : undefined}>
        {second}
      </span>
    </>
  );
}

function Controls({ forward, onFailed }: Pick<CellsProps, 'forward' | 'onFailed'>) {
  const t = useWords();
  const { id, pinned, state, localPort } = forward;
  const act = useMutation({
    mutationFn: (what: 'stop' | 'restart' | 'remove' | 'pin') =>
      what === 'pin' ? berth.forwards.pin({ id, pinned: !pinned }) : berth.forwards[what]({ id }),
    onMutate: () => onFailed(null),
    onError: onFailed,
  });
  const browse = () => berth.app.openExternal({ url: `http://127.0.0.1:${localPort}/` }).catch(onFailed);
  return (
    <>
      {state === 'open' && <IconButton icon="window" label={t('browse')} onClick={() => void browse()} />}
      <IconButton
        icon={pinned ? 'pinned' : 'pin'}
        label={t(pinned ? 'unpin' : 'pin')}
        onClick={() => act.mutate('pin')}
      />
      <IconButton
        icon={state === 'open' ? 'refresh' : 'play'}
        label={t(state === 'open' ? 'restart' : 'start')}
        onClick={() => act.mutate('restart')}
      />
      {state === 'open' ? (
        <IconButton icon="stop" label={t('stop')} onClick={() => act.mutate('stop')} />
      ) : (
        <IconButton icon="close" label={t('remove')} onClick={() => act.mutate('remove')} />
      )}
    </>
  );
}
