/** Ports of sessions that are open to this computer, and the live connection of each session in use. */
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Link } from '../../../src-preload/contract/links.ts';
import { useLinks } from '../../state/use-links.ts';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { ConnectionsTable } from './connections-table.tsx';
import { ForwardDialog } from './forward-dialog.tsx';
import { ForwardsTable } from './forwards-table.tsx';
import { Offers } from './offers.tsx';
import style from './ports.module.css';
import { useForwards } from './use-forwards.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  /** The screen that decides about a changed host key or a missing key; composed above, since it can come up on any page. */
  readonly renderDecision: (link: Link, onClose: () => void) => ReactNode;
}

export function PortsPage({ accountId, renderDecision }: Props) {
  const t = useWords();
  const links = useLinks();
  const forwards = useForwards();
  const [looking, setLooking] = useState<Link | null>(null);
  const [asking, setAsking] = useState(false);
  const isEmpty = links.data?.length === 0 && forwards.data?.length === 0;
  const failed = links.error ?? forwards.error;
  const open = (
    <Button variant="default" onClick={() => setAsking(true)}>
      {t('forward')}
    </Button>
  );
  return (
    <Page title={t('title')} actions={open}>
      {(links.isPending || forwards.isPending) && <Loading words={t('loading')} />}
      {failed && (
        <div className={style.notice}>
          <ErrorNotice
            error={toErrorValue(failed)}
            onRetry={() => void Promise.all([links.refetch(), forwards.refetch()])}
            busy={links.isFetching || forwards.isFetching}
          />
        </div>
      )}
      {isEmpty && (
        <Empty icon="ports" title={t('empty')}>
          {t('empty.text')}
        </Empty>
      )}
      {!isEmpty && forwards.data && (
        <section className={style.part} aria-labelledby="ports-forwards">
          <h2 id="ports-forwards" className={style.heading}>
            {t('forwards')}
          </h2>
          <p className={style.intro}>{t(forwards.data.length === 0 ? 'forwards.none' : 'forwards.intro')}</p>
          <Offers links={links.data ?? []} forwards={forwards.data} />
          {forwards.data.length > 0 && <ForwardsTable forwards={forwards.data} links={links.data ?? []} />}
        </section>
      )}
      {!isEmpty && links.data && (
        <section className={style.rest} aria-labelledby="ports-connections">
          <h2 id="ports-connections" className={style.heading}>
            {t('connections')}
          </h2>
          <p className={style.intro}>{t(links.data.length === 0 ? 'connections.none' : 'connections.intro')}</p>
          {links.data.length > 0 && <ConnectionsTable links={links.data} onLook={setLooking} />}
        </section>
      )}
      {looking && renderDecision(looking, () => setLooking(null))}
      {asking && <ForwardDialog accountId={accountId} onClose={() => setAsking(false)} />}
    </Page>
  );
}
